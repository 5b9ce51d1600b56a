"""One page by the engine, by stock WeasyPrint and by Typst: milliseconds of processor a document.

The same words, fonts, pictures and code. The engine's is signed; Typst's and WeasyPrint's are not.
All claim PDF/A-3a; the engine's and Typst's PDF/UA-1 in the same file. Warm, on one core, turn by
turn in one run, medians. Why WeasyPrint all the same: docs/decisions/0054.
"""

import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import segno
import typst

from bench.certificates import interleaved, one_by_one
from bench.holders import person
from bench.report import Report
from services.certificates.engine import (
    DEFAULT_FOLDER,
    Press,
    Template,
    Values,
    compile_template,
    context,
)
from shared.documents.signing import Signer, demo_authority

BLOCK = 20
_SOURCE = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.document + " – " + told.holder.name, author: told.conference.organiser)
#set page("a4", margin: (x: 25mm, y: 19mm))
#set text(font: "Noto Sans", size: 10pt, lang: told.locale, fill: rgb("#2a2320"))
#show heading: set text(font: "Noto Serif Display", size: 30pt, weight: "regular",
  fill: rgb("#8a3324"))
#place(top + right, text(size: 9.5pt, told.conference.organiser))
#image("logo.svg", height: 16mm, alt: told.conference.organiser)
#v(9mm)
#align(center)[
  #heading(told.document)
  #told.conference.organiser atteste que \\
  #text(font: "Noto Serif Display", size: 28pt, told.holder.name) \\
  #text(size: 11.5pt, told.holder.organisation) \\
  a participé à \\
  #text(font: "Noto Serif Display", size: 16pt, style: "italic", told.conference.title) \\
  #told.conference.date \\
  #told.conference.place
]
#table(columns: (40mm, 1fr, 25mm), stroke: none,
  table.header([Horaires], [Session], [Durée]),
  ..told.sessions.map(s => (s.times, s.title, s.duration)).flatten(),
  table.footer(table.cell(colspan: 2)[*Durée totale attestée*], strong(told.total)))
#place(bottom + left, dy: -12mm)[
  #told.issued.place_and_date \\
  #image("signature.svg", height: 16mm, alt: "Signature manuscrite")
  *#told.signatory.name* \\ #told.signatory.title]
#place(bottom + right, dy: -12mm, align(right)[
  #image(bytes(told.qr), height: 22mm, alt: "Code QR de la page de vérification")
  Vérifier ce document \\ *#told.code* \\ #told.verify_address])
"""
_SIGNATURE = Path("services/certificates/templates/demonstration/signature.svg")


def run(report: Report) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    template = Template.from_folder().with_assets({"signature.svg": _SIGNATURE.read_bytes()})
    signer = Signer.from_pem(demo_authority()[0])
    with tempfile.TemporaryDirectory() as folder, Press() as press:
        compiled = compile_template(template, [person(0)], press)
        set_by_typst = _typst(Path(folder))
        ways: dict[str, tuple[Callable[[Values], object], int]] = {
            "typst": (set_by_typst, BLOCK),
            "engine": (lambda values: compiled.render(values, signer), BLOCK),
            "stock": (lambda values: one_by_one(template, values), 1),
        }
        medians = {name: taken * 1000 for name, taken in interleaved(ways, press).items()}
    typst_takes = medians["typst"]
    report.figure("Typst, PDF/A-3a + UA-1, unsigned", typst_takes, " ms")
    report.ratio(
        "the engine, signed", medians["engine"], typst_takes, "Typst", at_most=1.0, unit=" ms"
    )
    report.ratio(
        "WeasyPrint, one by one, unsigned", medians["stock"], typst_takes, "Typst", unit=" ms"
    )


def _typst(folder: Path) -> Callable[[Values], bytes]:
    """A compiler with its fonts and pictures, kept from one person to the next."""
    (folder / "page.typ").write_text(_SOURCE)
    (folder / "logo.svg").write_bytes((DEFAULT_FOLDER / "logo.svg").read_bytes())
    (folder / "signature.svg").write_bytes(_SIGNATURE.read_bytes())
    compiler = typst.Compiler(
        folder / "page.typ", font_paths=[DEFAULT_FOLDER], ignore_system_fonts=True
    )

    def made(values: Values) -> bytes:
        code = io.BytesIO()
        segno.make(values.verify_url, error="m", micro=False).save(code, kind="svg", border=4)
        told = json.dumps({**context(values), "qr": code.getvalue().decode()})
        pdf = compiler.compile(
            sys_inputs={"told": told}, pdf_standards=["a-3a", "ua-1"], timestamp=values.issued_at
        )
        return cast("bytes", pdf)  # of one document; a list is of pictures

    return made
