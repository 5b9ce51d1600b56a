"""Documents that verify without their authorities: pyHanko judges them years later, offline."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel

from services.certificates.base.preservation import EvidenceMissing, EvidenceRefused
from services.certificates.engine import Press, Template, compile_template, sample, sample_values
from services.certificates.preservation.extending import Archive
from shared.base import clock
from shared.base.clock import now
from shared.documents.signing import Signer, TimestampAuthority
from shared.documents.signing.signatures import read_signature
from tests.certificates.authorities import YEAR, Authorities, authorities
from tests.certificates.judging_signatures import judge

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def world() -> Iterator[Authorities]:
    """A seal for a year, timestamps for six."""
    with authorities(seal_for=YEAR, stamping_for=6 * YEAR) as served:
        yield served


@pytest.fixture(scope="module")
def signed(world: Authorities) -> bytes:
    """A document at B-T."""
    return made(world)


def made(world: Authorities, *, certifies: bool = False) -> bytes:
    signer = Signer.from_pem(world.signing_pem, timestamps=TimestampAuthority(world.timestamp_url))
    signer.certifies = certifies
    with Press() as press:
        return (
            compile_template(Template.from_folder(), sample_values(), press)
            .render(sample(), signer)
            .pdf
        )


@pytest.fixture
def archive(world: Authorities) -> Archive:
    return Archive(TimestampAuthority(world.timestamp_url), "LTA")


def later(patch: pytest.MonkeyPatch, difference: timedelta) -> None:
    """The clock of the service and of the authorities, which are in this process, moves on."""
    moment = (now() + difference).timestamp()
    patch.setattr(clock, "epoch_seconds", lambda: moment)


def test_it_verifies_when_the_seal_has_expired_and_the_authorities_are_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with authorities(seal_for=YEAR, stamping_for=6 * YEAR) as own:
        stamps = TimestampAuthority(own.timestamp_url)
        before = made(own)
        after = Archive(stamps, "LTA").extend(before, now())
        own.stop()
        with pytest.raises(EvidenceMissing):
            Archive(stamps, "LTA").extend(before, now())
    trusted = own.trusted
    for years in (0, 2, 5):
        result = judge(after.pdf, now() + years * YEAR, trusted, monkeypatch)
        assert result.ades_subindic == AdESPassed.OK, f"after {years} years"
        assert result.api_status is not None
        assert result.api_status.modification_level == ModificationLevel.LTA_UPDATES
    # Without what was added it would not; nor once the timestamp's own chain has ended.
    assert judge(before, now() + 2 * YEAR, trusted, monkeypatch).ades_subindic != AdESPassed.OK
    end = after.holds_until
    assert end is not None
    assert judge(after.pdf, end + MINUTE, trusted, monkeypatch).ades_subindic != AdESPassed.OK


def test_renewed_it_goes_on_beyond_the_first_timestamp(
    world: Authorities, signed: bytes, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = archive.extend(signed, now() - MINUTE)
    assert first.holds_until is not None
    with monkeypatch.context() as years:
        years.setattr(world, "stamping", world.stamping)  # as it was, afterwards
        later(years, 5 * YEAR)
        world.renew_stamping(6 * YEAR)
        second = archive.extend(first.pdf, first.holds_until - 5 * YEAR)
        assert second.holds_until is not None
        assert second.holds_until > first.holds_until + 4 * YEAR
    assert second.pdf.startswith(first.pdf)
    assert first.pdf.startswith(signed)
    at = first.holds_until + 2 * YEAR
    assert judge(second.pdf, at, world.trusted, monkeypatch).ades_subindic == AdESPassed.OK
    assert judge(first.pdf, at, world.trusted, monkeypatch).ades_subindic != AdESPassed.OK


def test_one_question_to_each_authority_serves_many_documents(
    world: Authorities, signed: bytes, archive: Archive
) -> None:
    before = dict(world.asked)
    for _ in range(3):
        archive.extend(signed, now() - MINUTE)
    asked = {path: count - before.get(path, 0) for path, count in world.asked.items()}
    assert asked["/ocsp/seal"] == asked["/crl/root"] == asked["/ocsp/stamping"] == 1
    assert asked["/tsa"] == 4  # one a document, and one to know the chain
    archive.extend(signed, now())  # signed since they were asked
    assert world.asked["/ocsp/seal"] - before.get("/ocsp/seal", 0) == 2


def test_the_timestamp_is_a_field_without_a_place(signed: bytes, archive: Archive) -> None:
    """Neither hidden, which PDF/A forbids, nor on the page, where PDF/UA wants it tagged."""
    pdf = archive.extend(signed, now() - MINUTE).pdf
    form = PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]
    field = form["/Fields"][1]
    assert [float(side) for side in field["/Rect"]] == [-9999.0] * 4
    assert int(field["/F"]) & 0b10 == 0
    assert field["/TU"] == "Horodatage de conservation"


def test_a_revoked_seal_is_refused(
    world: Authorities, signed: bytes, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "revoked", {world.seal.certificate.serial_number})
    with pytest.raises(EvidenceRefused, match="revoked"):
        archive.extend(signed, now())


def test_an_expired_seal_is_refused(
    signed: bytes, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 2 * YEAR)
    with pytest.raises(EvidenceRefused, match="expired"):
        archive.extend(signed, now())


def test_an_altered_document_is_refused(signed: bytes, archive: Archive) -> None:
    place = signed.index(b"/Type/XObject") if b"/Type/XObject" in signed else 2000
    altered = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    with pytest.raises(EvidenceRefused):
        archive.extend(altered, now() - MINUTE)


def test_whoever_did_not_answer_is_not_asked_again_for_a_minute(
    world: Authorities, signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(TimestampAuthority(f"{world.address}/nothing"), "LTA")
    for _ in range(3):
        with pytest.raises(EvidenceMissing, match="/nothing"):
            archive.extend(signed, now())
    assert world.asked.pop("/nothing") == 1
    later(monkeypatch, 2 * MINUTE)
    with pytest.raises(EvidenceMissing):
        archive.extend(signed, now())
    assert world.asked.pop("/nothing") == 1


def test_without_a_timestamp_over_it_it_is_lt(world: Authorities, signed: bytes) -> None:
    extended = Archive(TimestampAuthority(world.timestamp_url), "LT").extend(signed, now())
    reader = PdfFileReader(io.BytesIO(extended.pdf))
    assert extended.holds_until is None
    assert "/DSS" in reader.root
    assert reader.embedded_timestamp_signatures == []


def test_named_roots_alone_are_trusted(world: Authorities, signed: bytes) -> None:
    stamps = TimestampAuthority(world.timestamp_url)
    assert Archive(stamps, "LTA", world.trusted).extend(signed, now()).holds_until
    with pytest.raises(EvidenceMissing, match="validation path"):
        Archive(stamps, "LTA", [world.root.asn1]).extend(signed, now())


def test_our_own_reader_knows_whose_it_is_after_it_was_extended(
    signed: bytes, archive: Archive
) -> None:
    extended = archive.extend(signed, now() - MINUTE).pdf
    before, after = read_signature(signed), read_signature(extended)
    assert before is not None
    assert after is not None
    assert (before.intact, before.whole) == (True, True)
    assert (after.intact, after.whole, after.fingerprint) == (True, False, before.fingerprint)


def test_a_document_that_forbids_every_change_is_not_extended(
    world: Authorities, archive: Archive
) -> None:
    """The standard would allow it; Acrobat would call the document altered."""
    with pytest.raises(EvidenceRefused, match="closed to every change"):
        archive.extend(made(world, certifies=True), now() - MINUTE)
