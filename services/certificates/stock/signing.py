"""The engine's key, pyHanko's way into the file."""

import io
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from shared.documents.signing import Signer

_CLOSED = SigMDPSetup("sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)


def signed(pdf: bytes, signer: Signer, signed_at: datetime) -> bytes:
    """With a PAdES signature; one that certifies, and allows no change, where the signer's do.
    Raises SignerUnusable, TimestampFailed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    # Out of the page: an annotation that is seen nowhere needs no tag (ISO 14289-1, 7.18.1).
    unseen = InvisSigSettings(box_out_of_bounds=True)
    steps = PdfCMSEmbedder(SigFieldSpec("Signature1", invis_sig_settings=unseen)).write_cms(
        "Signature1", writer
    )
    next(steps)
    steps.send(
        SigObjSetup(
            SignatureObject(
                timestamp=signed_at,
                subfilter=SigSeedSubFilter.PADES,
                bytes_reserved=2 * signer.reserved,
            ),
            _CLOSED if signer.certifies else None,
        )
    )
    prepared, output = steps.send(SigIOSetup("sha256"))
    steps.send(signer.sign(prepared.document_digest, signed_at))
    made: bytes = output.getvalue()
    return made
