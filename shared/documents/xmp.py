"""The XMP packet: document metadata, and both identifiers.

PDF/A-3a (ISO 19005-3, 6.6.4) and PDF/UA-1 (ISO 14289-1, 5). PDF/A wants every schema that is not
its own described, hence the extension schema for `pdfuaid` (ISO 19005-3, 6.6.2.3).
"""

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 pdfaid:part="3" pdfaid:conformance="A" pdfuaid:part="1"
 pdf:Producer={producer} xmp:CreateDate={created}>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>{optional}
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


# What XML 1.0 cannot say, escaped or not.
_UNSAID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Metadata:
    """What the packet says of the document; strings may hold tokens. `created` is ISO 8601."""

    title: str
    created: str
    producer: str
    authors: tuple[str, ...] = ()
    description: str = ""


def packet(metadata: Metadata) -> str:
    """The XMP packet as text."""
    optional = ""
    if metadata.authors:
        names = "".join(f"<rdf:li>{_text(author)}</rdf:li>" for author in metadata.authors)
        optional += f"\n<dc:creator><rdf:Seq>{names}</rdf:Seq></dc:creator>"
    if metadata.description:
        optional += (
            '\n<dc:description><rdf:Alt><rdf:li xml:lang="x-default">'
            f"{_text(metadata.description)}</rdf:li></rdf:Alt></dc:description>"
        )
    return _PACKET.format(
        producer=quoteattr(metadata.producer),
        created=quoteattr(metadata.created),
        title=_text(metadata.title),
        optional=optional,
    )


def _text(text: str) -> str:
    return escape(_UNSAID.sub("", text))
