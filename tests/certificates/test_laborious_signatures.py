"""A brought file whose signature was made to take long to read."""

import re

import pytest
from asn1crypto import cms

from services.certificates.engine import Compiled, Press, Template, sample
from shared.documents.signing import Signer, demo_authority
from shared.documents.signing.signatures import (
    LARGEST_CMS,
    MOST_CERTIFICATES,
    read_signature,
)

_CONTENTS = re.compile(rb"/Contents<([0-9a-f]+)>")


@pytest.fixture(scope="module")
def issued() -> bytes:
    signer = Signer.from_pem(demo_authority()[0])
    with Press() as press:
        return Compiled(Template.from_folder(), press).render_full(sample(), signer).pdf


@pytest.mark.parametrize(
    ("copies", "stuffing"),
    [(1, 0), (MOST_CERTIFICATES + 1, 0), (1, LARGEST_CMS)],
)
def test_a_signature_that_is_laborious_is_none(issued: bytes, copies: int, stuffing: int) -> None:
    """Who brings hundreds of certificates to compare keeps nobody else waiting."""
    found = _CONTENTS.search(issued)
    assert found
    signed = cms.ContentInfo.load(bytes.fromhex(found[1].decode()))
    kept = list(signed["content"]["certificates"])
    signed["content"]["certificates"] = cms.CertificateSet(kept * copies)
    content = signed.dump(force=True) + bytes(stuffing)
    head, tail = b"%%PDF-1.7 /ByteRange [0 60 %010d 5]", b"%%EOF"
    gap = b"<" + content.hex().encode() + b">"
    brought = (head % (60 + len(gap))).ljust(60) + gap + tail
    laborious = copies > 1 or stuffing > 0
    assert (read_signature(brought) is None) is laborious
