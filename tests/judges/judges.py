"""The judges: programs and libraries that other people wrote, each asked what it thinks of a file.

A judge that is not installed says so and is left out; it has no opinion.
"""

import asyncio
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import icalendar
from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.judges.verapdf import PDFA, PDFUA, VeraPdf

_OURS = b"Emarge (WeasyPrint"  # the producer that every certificate names
_WITHOUT_ICC = "warning: ICC support is not available"  # of MuPDF as some systems build it
_FONT_ROW = re.compile(r"(?P<emb>yes|no)\s+(?P<sub>yes|no)\s+(?P<uni>yes|no)\s+\d+\s+\d+$")


@dataclass(frozen=True)
class Judge:
    """`says` gives the refusals of a file, or None when the file is nothing for this judge."""

    name: str
    of: str
    says: Callable[[Path], list[str] | None]
    missing: str = ""  # what it lacks, where it is not installed


def all_judges(verapdf: VeraPdf | str, roots: list[x509.Certificate]) -> list[Judge]:
    """`verapdf` running, or why it does not; `roots` are what signatures have to lead to."""

    def conformity(pdf: Path) -> list[str] | None:
        claims = claimed(pdf.read_bytes())
        if not claims or isinstance(verapdf, str):
            return None
        try:
            return [str(each) for each in verapdf.broken(pdf, claims)]
        except ValueError as error:
            return [str(error)]

    return [
        Judge("claims", "what a certificate says that it is", claims),
        Judge(
            "veraPDF",
            "PDF/A-3a, PDF/UA-1",
            conformity,
            verapdf if isinstance(verapdf, str) else "",
        ),
        Judge("pyHanko", "signature", lambda pdf: signature(pdf, roots)),
        _program("qpdf", "syntax", ["qpdf", "--check"], _complaints_of_qpdf),
        _program("pdfsig", "signature, by poppler", ["pdfsig", "-nocert"], _complaints_of_pdfsig),
        _program("pdffonts", "fonts, by poppler", ["pdffonts"], _complaints_of_pdffonts),
        _program("mutool", "drawing, by MuPDF", ["mutool", "draw", "-F", "trace"], _errors),
        Judge("icalendar", "calendars", calendar),
    ]


def claimed(pdf: bytes) -> tuple[str, ...]:
    """The standards that a file says it follows."""
    found = []
    if re.search(rb"pdfaid:part", pdf):
        found.append(PDFA)
    if re.search(rb"pdfuaid:part", pdf):
        found.append(PDFUA)
    return tuple(found)


def claims(path: Path) -> list[str] | None:
    """A certificate follows both standards and is signed; a file that is none may say nothing."""
    content = path.read_bytes()
    if path.suffix != ".pdf" or _OURS not in content:
        return None
    found = []
    if claimed(content) != (PDFA, PDFUA):
        found.append("does not say that it is PDF/A and PDF/UA")
    if not is_signed(content):
        found.append("is not signed")
    return found


def is_signed(pdf: bytes) -> bool:
    return b"/ByteRange" in pdf


def signature(path: Path, roots: list[x509.Certificate]) -> list[str] | None:
    """Intact, of the whole file, nothing added since, and trusted where a root is given."""
    content = path.read_bytes()
    if path.suffix != ".pdf" or not is_signed(content):
        return None
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    try:
        signatures = PdfFileReader(io.BytesIO(content)).embedded_signatures
        (one,) = (each for each in signatures if each.sig_object_type == "/Sig")
        status = asyncio.run(async_validate_pdf_signature(one, context))
    except (PdfError, ValueError) as error:
        return [f"cannot be read: {error}"]
    found = []
    if not (status.intact and status.valid):
        found.append("the signature is not that of these bytes")
    if status.modification_level not in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES):
        found.append("something was added after it was signed")
    if roots and not status.trusted:
        found.append("the signer is not one of the authority given")
    return found


def calendar(path: Path) -> list[str] | None:
    """Readable, every component whole."""
    if path.suffix != ".ics":
        return None
    try:
        read = icalendar.Calendar.from_ical(path.read_bytes())
    except ValueError as error:
        return [f"cannot be read: {error}"]
    return [f"{name}: {error}" for part in read.walk() for name, error in part.errors]


def roots_of(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file."""
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(path.read_bytes(), True)]


def _program(
    name: str,
    of: str,
    command: list[str],
    complaints: Callable[[Path, "subprocess.CompletedProcess[str]"], list[str] | None],
) -> Judge:
    def says(path: Path) -> list[str] | None:
        if path.suffix != ".pdf":
            return None
        done = subprocess.run(
            [*command, path], capture_output=True, text=True, errors="replace", check=False
        )
        return complaints(path, done)

    missing = "" if shutil.which(name) else f"{name} is not installed"
    return Judge(name, of, says, missing)


def _errors(_: Path, done: "subprocess.CompletedProcess[str]") -> list[str]:
    """What it wrote as errors, or that it failed without a word."""
    lines = [line for line in done.stderr.splitlines() if line.strip() and line != _WITHOUT_ICC]
    return lines or ([f"ended with {done.returncode}"] if done.returncode else [])


def _complaints_of_qpdf(_: Path, done: "subprocess.CompletedProcess[str]") -> list[str]:
    if done.returncode == 0:
        return []
    return (done.stderr or done.stdout).splitlines() or [f"ended with {done.returncode}"]


def _complaints_of_pdfsig(path: Path, done: "subprocess.CompletedProcess[str]") -> list[str] | None:
    if not is_signed(path.read_bytes()):
        return None
    wanted = ("Signature is Valid.", "Total document signed")
    return [f"does not say {words!r}" for words in wanted if words not in done.stdout]


def _complaints_of_pdffonts(_: Path, done: "subprocess.CompletedProcess[str]") -> list[str]:
    """Embedded, subset, and with the characters that the glyphs stand for."""
    found = _errors(_, done)
    for line in done.stdout.splitlines()[2:]:
        row = _FONT_ROW.search(line)
        if row is not None and "no" in (row["emb"], row["uni"]):
            found.append(f"not embedded, or without characters: {line.split()[0]}")
    return found
