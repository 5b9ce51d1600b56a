"""What outside judges say of documents: nothing. And that each of them would say something."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from services.certificates.engine import (
    Press,
    Template,
    Values,
    check,
    compile_template,
    sample,
    sample_values,
)
from services.sheets.sealing.typesetting.sheet import typeset_sheet
from shared.documents.signing import Signer, demo_authority
from tests.judges import designs, sheets
from tests.judges.gathering import documents
from tests.judges.judges import Judge, all_judges, roots_of
from tests.judges.verapdf import NoJava, VeraPdf

SHIPPED = {template.version: template for template in designs.shipped()}
MENDED = {template.version: template for template in designs.ordinary(only_mended=True)}


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with Press() as press:
        yield press


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Signer, Path]:
    """A signer, and the PEM of whom its signatures lead to."""
    key, root = demo_authority()
    path = tmp_path_factory.mktemp("authority") / "root.pem"
    path.write_bytes(root)
    return Signer.from_pem(key), path


@pytest.fixture(scope="module")
def verapdf() -> Iterator[VeraPdf]:
    try:
        running = VeraPdf()
    except NoJava as error:
        pytest.skip(str(error))
    with running:
        yield running


@pytest.fixture(scope="module")
def judges(verapdf: VeraPdf, authority: tuple[Signer, Path]) -> list[Judge]:
    return all_judges(verapdf, roots_of(authority[1]))


@pytest.mark.parametrize("name", sheets.sheets())
def test_sealed_sheets_are_clean(
    name: str, judges: list[Judge], authority: tuple[Signer, Path], tmp_path: Path
) -> None:
    pdf = typeset_sheet(sheets.sheets()[name], sheets.RECORD, authority[0])
    assert _refusals(judges, pdf, tmp_path) == []


def _refusals(judges: list[Judge], pdf: bytes, folder: Path) -> list[str]:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    asked = [judge for judge in judges if not judge.missing]
    return [f"{judge.name}: {why}" for judge in asked for why in judge.says(path) or []]


def _made(template: Template, values: Values, press: Press, signer: Signer) -> bytes:
    compiled = compile_template(template, [values], press)
    return compiled.render(values, signer).pdf


@pytest.mark.parametrize("name", SHIPPED)
def test_no_judge_refuses_a_shipped_document(name, judges, press, authority, tmp_path) -> None:
    """In each language and variant, made the fast way and the full way."""
    compiled = compile_template(SHIPPED[name], sample_values(), press)
    signer = authority[0]
    fast = [compiled.render(values, signer) for values in sample_values()]
    full = [compiled.render_full(values, signer) for values in sample_values()]
    assert {made.path for made in fast} == {"fast"}
    refusals = [_refusals(judges, made.pdf, tmp_path) for made in (*fast, *full)]
    assert refusals == [[]] * 12


@pytest.mark.parametrize("name", MENDED)
def test_what_a_design_may_say_passes(name, judges, press, authority, tmp_path) -> None:
    """Each of these was refused by veraPDF before it was put right, or told that it is wrong."""
    assert check(MENDED[name], press, [sample()]) == []
    made = _made(MENDED[name], sample(), press, authority[0])
    assert _refusals(judges[:2], made, tmp_path) == []


@pytest.fixture(scope="module")
def sound(press: Press, authority: tuple[Signer, Path]) -> bytes:
    return _made(next(designs.shipped()), sample(), press, authority[0])


def _without(pdf: bytes, key: str) -> bytes:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.Root[key]
        document.save(written)
    return written.getvalue()


BROKEN = {
    "veraPDF": lambda pdf: _without(pdf, "/Lang"),
    "claims": lambda pdf: pdf.replace(b"pdfaid:part", b"pdfaid:prat"),
    "pyHanko": lambda pdf: pdf.replace(b"Emarge (W", b"Emargf (W", 1),
    "pdfsig": lambda pdf: pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1),
    "qpdf": lambda pdf: pdf[: len(pdf) // 2],
    "mutool": lambda pdf: pdf[: len(pdf) // 2],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_judge_refuses_what_is_broken(name, judges, sound, tmp_path) -> None:
    judge = next(each for each in judges if each.name == name)
    if judge.missing:
        pytest.skip(judge.missing)
    assert _refusals([judge], sound, tmp_path) == []
    assert _refusals([judge], BROKEN[name](sound), tmp_path)


def test_what_emails_carry_is_judged(judges, sound, tmp_path) -> None:
    """A certificate and a calendar inside an email are found; the same bytes are one document."""
    (tmp_path / "home").mkdir()
    boundary = "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    invitation = "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\n"
    invitation += "END:VEVENT\nEND:VCALENDAR\n--b--\n"
    for name in ("one.eml", "two.eml"):
        (tmp_path / "home" / name).write_text(boundary + invitation)
    (tmp_path / "home" / "certificate.pdf").write_bytes(sound)
    found = documents([tmp_path / "home"], tmp_path)
    assert sorted(path.suffix for path in found) == [".ics", ".pdf"]
    refusals = [
        judge.name for judge in judges for path in found if not judge.missing and judge.says(path)
    ]
    assert refusals == ["icalendar"]
