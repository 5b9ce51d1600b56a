"""Lays certificates out as anybody would: Jinja2's sandbox, segno, and WeasyPrint's `write_pdf`.

Run as a module: an order on standard input, documents on standard output, then it ends. Organisers'
templates run here, so it fences itself as the press's child does.
"""

import io
import mimetypes
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

import pypdfium2
import segno
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from services.certificates.engine import Limits, Template, Values, attachment_of, confine, context
from services.certificates.stock.orders import Answer, Order

_KINDS = {"svg": "image/svg+xml", "ttf": "font/ttf", "otf": "font/otf"}
# PDF/UA-1's identification in XMP, whose schema PDF/A wants described: WeasyPrint writes one of the
# two standards' names only.
_UA = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfuaid:part>1</pdfuaid:part><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF>"""


def laid_out(template: Template, values: Values) -> bytes:
    """The unsigned document. Raises whatever Jinja2 and WeasyPrint raise."""
    fetcher = _Assets({**template.assets, "qr": _qr(values.verify_url)})
    sandbox = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    names = dict.fromkeys(template.assets, True)
    html = sandbox.from_string(template.html).render(context(values), assets=names)
    attendance = attachment_of(values)
    attached = Attachment(
        string=attendance.content,
        name=attendance.name,
        description=attendance.description,
        created=values.issued_at,
        modified=values.issued_at,
        relationship="Data",
    )
    document = HTML(string=html, url_fetcher=fetcher, base_url="asset:").render(
        stylesheets=[CSS(string=template.css, url_fetcher=fetcher, base_url="asset:")],
        pdf_variant="pdf/a-3a",
    )
    document.metadata.attachments = [attached]
    pdf: bytes = document.write_pdf(finisher=_finished, pdf_variant="pdf/a-3a", pdf_tags=True)
    return pdf


class _Assets(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """`asset:NAME` from memory, `data:` images, and nothing else."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self._assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme == "data":
            return super().fetch(url, headers)
        if scheme != "asset" or name not in self._assets:
            raise FatalURLFetchingError(f"{url[:80]} is none of the template's assets")
        kind = _KINDS.get(name.rpartition(".")[2].lower())
        return URLFetcherResponse(url, self._assets[name], {"Content-Type": kind} if kind else {})


def _qr(url: str) -> bytes:
    code = io.BytesIO()
    # The engine's mask, so that the pictures of the two can be compared.
    made = segno.make(url, error="m", micro=False, boost_error=False, mode="byte", mask=3)
    made.save(code, kind="png", border=4)
    return code.getvalue()


def _finished(_document: Any, pdf: Any) -> None:
    """What the two standards want and WeasyPrint leaves out."""
    for item in pdf.objects:
        extra = getattr(item, "extra", {})
        if extra.get("Interpolate") == "true":  # ISO 19005-3, 6.2.8
            extra["Interpolate"] = "false"
        if extra.get("Subtype") == "/XML":
            item.stream = [re.sub(b"</rdf:RDF>", _UA.encode(), b"".join(item.stream), count=1)]


def _obey(order: Order) -> Answer:
    try:
        pdfs = tuple(laid_out(order.template, values) for values in order.people)
        page = pypdfium2.PdfDocument(pdfs[0])[0].render(scale=1.5).to_pil()
    except TemplateError as error:
        return Answer(problem=f"{error} (line {getattr(error, 'lineno', None) or '?'})")
    except Exception as error:  # noqa: BLE001 # whatever a template makes a library raise
        return Answer(problem=(str(error) or repr(error))[:500])
    picture = io.BytesIO()
    page.save(picture, format="PNG")
    return Answer(pdfs=pdfs, picture=picture.getvalue())


def main() -> None:
    order = Order.model_validate_json(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print would corrupt the answer
    mimetypes.init(files=[])  # the system's tables are outside the fence
    confine(Limits.from_argument(order.limits))
    answers.write(_obey(order).model_dump_json().encode())
    answers.close()


if __name__ == "__main__":
    main()
