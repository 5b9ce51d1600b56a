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

from services.certificates.engine import (
    NAME_SIZES,
    Limits,
    Template,
    Values,
    attachments_of,
    confine,
    context,
    has_name_sizes,
    without_signs,
)
from services.certificates.stock.names import holds_in_one_line
from services.certificates.stock.orders import Answer, Laid, Order

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


def laid_out(template: Template, values: Values) -> Laid:
    """The unsigned document. Raises whatever Jinja2 and WeasyPrint raise.

    Signs that no font writes are left out of the page, as the engine leaves them out; what is
    attached lacks nothing.
    """
    values = template.worded(values)
    pdf, missing = _fitted(template, values, values)
    if missing:
        printed = without_signs(values, missing)
        if printed != values:
            pdf, _ = _fitted(template, printed, values)
        else:  # the template's own: printed as boxes
            missing = ""
    return Laid(pdf=pdf, unprinted=missing)


def _fitted(template: Template, printed: Values, whole: Values) -> tuple[bytes, str]:
    """In the largest size that keeps the name on one line; a name that stands on no line of its
    own has the size that goes by its letters."""
    counted = context(printed)["holder"]["length"]
    if not has_name_sizes(template):
        return _written(template, printed, whole, counted)
    for length in NAME_SIZES[:-1]:
        made = _written(template, printed, whole, length)
        fits = holds_in_one_line(made[0], printed.holder)
        if fits or (fits is None and length == counted):
            return made
        if fits is None:
            return _written(template, printed, whole, counted)
    return _written(template, printed, whole, NAME_SIZES[-1])


def _written(template: Template, printed: Values, whole: Values, length: str) -> tuple[bytes, str]:
    """The document with the name in this size, and the signs that no font writes."""
    fetcher = _Assets({**template.assets, "qr": _qr(printed.verify_url)})
    sandbox = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    names = dict.fromkeys(template.assets, True)
    html = sandbox.from_string(template.html).render(context(printed, length), assets=names)
    document = HTML(string=html, url_fetcher=fetcher, base_url="asset:").render(
        stylesheets=[CSS(string=template.css, url_fetcher=fetcher, base_url="asset:")],
        pdf_variant="pdf/a-3a",
    )
    document.metadata.attachments = [
        Attachment(
            string=content,
            name=attached.name,
            description=attached.label(whole.locale),
            created=whole.issued_at,
            modified=whole.issued_at,
            relationship=attached.relationship,
        )
        for attached, content in attachments_of(whole)
    ]
    pdf: bytes = document.write_pdf(finisher=_finished, pdf_variant="pdf/a-3a", pdf_tags=True)
    missing = {chr(code) for font in document.fonts.values() for code in font.missing}
    return pdf, "".join(sorted(missing))


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
        kind = _KINDS["svg"] if name == "qr" else _KINDS.get(name.rpartition(".")[2].lower())
        return URLFetcherResponse(url, self._assets[name], {"Content-Type": kind} if kind else {})


def _qr(url: str) -> bytes:
    code = io.BytesIO()
    # The engine's mask, and a drawing as its own is, so that the pictures of the two compare.
    made = segno.make(url, error="m", micro=False, boost_error=False, mode="byte", mask=3)
    made.save(code, kind="svg", border=4, light="white", xmldecl=False)
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
        made = tuple(laid_out(order.template, values) for values in order.people)
        page = pypdfium2.PdfDocument(made[0].pdf)[0].render(scale=1.5).to_pil()
    except TemplateError as error:
        return Answer(problem=f"{error} (line {getattr(error, 'lineno', None) or '?'})")
    except Exception as error:  # noqa: BLE001 # whatever a template makes a library raise
        return Answer(problem=(str(error) or repr(error))[:500])
    picture = io.BytesIO()
    page.save(picture, format="PNG")
    return Answer(made=made, picture=picture.getvalue())


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
