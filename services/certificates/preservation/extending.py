"""Signatures that verify without their authorities: PAdES B-LT and B-LTA, by pyHanko.

An incremental update (EN 319 142-1, 5.4 and 5.5) puts the chains and what says that nothing in them
was revoked into the document, and a timestamp over all of it. Done again before that timestamp's
own chain ends, it holds for as long as that is done. No key signs here, only the authority of
timestamps is needed: a document outlives the certificate that signed it.
"""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.dss import collect_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathBuildingError,
    PathError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath

from services.certificates.base.preservation import EvidenceMissing, EvidenceRefused, Extended
from services.certificates.preservation.answers import Answers, Stamper, carried
from shared.base.clock import now
from shared.documents.errors import TimestampFailed
from shared.documents.signing import TimestampAuthority

# Who did not answer is left alone for so long: nobody waits for them a hundred thousand times.
REST = timedelta(minutes=1)
LABEL = {"fr": "Horodatage de conservation", "en": "Archive timestamp"}
# A field without a place: PDF/A forbids hiding it, PDF/UA wants what is within the page tagged.
INVISIBLE = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
IN_ONE_REVISION = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


class Archive:
    """`Preserver` by an authority of timestamps."""

    def __init__(
        self,
        authority: TimestampAuthority,
        level: Literal["", "LT", "LTA"],
        roots: Sequence[x509.Certificate] = (),
    ) -> None:
        """`level`: of documents that were never extended. Those that were are B-LTA and stay it.
        `roots`: whom to trust; none: whoever stands at the top of the chains that documents and
        timestamps bring along."""
        self.wants_new = bool(level)
        self._authority = authority
        self._level = level
        self._roots = roots
        self._answers: Answers | None = None
        self._away: tuple[datetime, str] | None = None

    def extend(self, pdf: bytes, made_at: datetime) -> Extended:
        if self._away and now() < self._away[0]:
            raise EvidenceMissing(self._away[1])
        try:
            return asyncio.run(self._extended(pdf, made_at))
        except (TimestampFailed, InsufficientRevinfoError, PathBuildingError) as error:
            # What failed is kept among the answers, too.
            self._answers, self._away = None, (now() + REST, str(error))
            raise EvidenceMissing(str(error)) from error
        except (PathError, ValidationError, SignatureValidationError, PdfError) as error:
            raise EvidenceRefused(str(error)) from error

    async def _extended(self, pdf: bytes, made_at: datetime) -> Extended:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if not writer.prev.embedded_regular_signatures:
            raise EvidenceRefused("the document carries no signature")
        if "/Perms" in writer.root and "/DocMDP" in writer.root["/Perms"]:
            raise EvidenceRefused("it was made closed to every change, before it was to be kept")
        signature = writer.prev.embedded_regular_signatures[0]
        stamps = writer.prev.embedded_timestamp_signatures
        answers = self._fresh_answers(made_at)
        known = [each for signed in _signed((signature, *stamps)) for each in carried(signed)]
        context = await answers.context(known, self._roots)
        if stamps:
            paths = [await _checked_stamp(stamps[-1], context)]
        else:
            paths = await _checked_signature(signature, context)
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, paths=paths, validation_context=context
        )
        if stamps or self._level != "LT":
            return await _stamped(writer, answers.stamper, context, len(stamps) + 1)
        output = io.BytesIO()
        writer.write(output)
        return Extended(output.getvalue(), holds_until=None)

    def _fresh_answers(self, made_at: datetime) -> Answers:
        if self._answers is None or not self._answers.serve(made_at):
            self._answers = Answers(Stamper(self._authority))
        return self._answers


async def _stamped(
    writer: IncrementalPdfFileWriter,
    stamper: Stamper,
    context: ValidationContext,
    number: int,
) -> Extended:
    """With a timestamp over all of it, and what that one rests on."""
    language = str(writer.root.get("/Lang", "en"))[:2]
    paths: list[ValidationPath] = []
    writing = PdfTimeStamper(
        stamper,
        field_name=f"Timestamp{number}",
        invis_settings=INVISIBLE,
        readable_field_name=LABEL.get(language, LABEL["en"]),
    )
    try:
        output = await writing.async_timestamp_pdf(
            writer,
            "sha256",
            validation_context=context,
            validation_paths=paths,
            dss_settings=IN_ONE_REVISION,
        )
    except (PathError, ValidationError) as error:  # no fault of the document's: another day
        raise TimestampFailed(f"the authority of timestamps: {error}") from error
    stamped_by = stamper.signed_by.sha256
    resting = [path for path in paths if path.leaf and path.leaf.sha256 == stamped_by]
    if not resting:
        raise TimestampFailed("the authority of timestamps has another key since a moment")
    return Extended(output.getvalue(), holds_until=_end(resting[0]))


async def _checked_signature(
    signature: EmbeddedPdfSignature, context: ValidationContext
) -> list[ValidationPath]:
    """The chains of a signature and its timestamp, which are what they should be."""
    paths: list[ValidationPath] = await collect_validation_info(signature, context)
    status = await async_validate_pdf_signature(signature, context, context)
    stamp = status.timestamp_validity
    if not status.intact or not status.valid:
        raise EvidenceRefused("the signature does not hold")
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise EvidenceRefused("the timestamp of the signature does not hold")
    return paths


async def _checked_stamp(stamp: EmbeddedPdfSignature, context: ValidationContext) -> ValidationPath:
    found = extract_certificate_info(stamp.signed_data)
    path: ValidationPath = await CertificateValidator(
        found.signer_cert, intermediate_certs=found.other_certs, validation_context=context
    ).async_validate_usage(set(), {"time_stamping"})
    status = await async_validate_pdf_timestamp(stamp, context)
    if not status.intact or not status.valid:
        raise EvidenceRefused("the newest archive timestamp does not hold")
    return path


def _signed(signatures: Sequence[EmbeddedPdfSignature]) -> list[object]:
    """What is signed in them: each itself, and the tokens of timestamps within."""
    within = [
        token
        for each in signatures
        for token in extract_tst_data_iter(each.signer_info, signed=False)
    ]
    return [*(each.signed_data for each in signatures), *within]


def _end(path: ValidationPath) -> datetime:
    """When the first certificate of a chain ends, whom we trust left out."""
    anchor, *below = path
    ends: list[datetime] = [each.not_valid_after for each in below or [anchor]]
    return min(ends)
