"""A sealed sheet of eighty people by our typesetter and by stock WeasyPrint: processor time each.

The same people, signatures, times and font. Ours is PDF/A-3a and PDF/UA-1, has its record
attached and is signed; WeasyPrint's is PDF/A-3a of the table alone and is not. Other people on
each sheet, as after a day; warm, on one core, turn by turn in one run, medians.
"""

import html
import os
import statistics
import time
from collections.abc import Callable

from weasyprint import HTML

from bench.report import Report
from services.sheets.sealing.facts import Facts, Row
from services.sheets.sealing.record import record_of
from services.sheets.sealing.typesetting.sheet import typeset_sheet
from services.sheets.sealing.wording import Wording
from shared.documents.signing import Signer, demo_authority
from tests.sheets.made_sheets import facts, row, signed_entries

PEOPLE, ROUNDS, OURS = 80, 5, 10  # of ours, so many a round
SHEET = "3f0c7b1e-9a52-5d38-8c41-6b7f20d4e915"
MOST = 50.0  # milliseconds: twenty sheets a second
_CSS = """
@page { size: A4; margin: 14mm; @bottom-right { content: counter(page) " / " counter(pages) } }
body { font: 9pt "Noto Sans" } table { width: 100%; border-collapse: collapse }
th { background: #e6e6e6; text-align: left } td, th { border-bottom: .5pt solid #ccc; padding: 4pt }
svg { width: 76pt; height: 25pt }
"""


def run(report: Report) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    signer = Signer.from_pem(demo_authority()[0])
    entries = signed_entries(SHEET, PEOPLE)
    ours = _measured(
        lambda said: typeset_sheet(said, record_of(SHEET, said, entries), signer), OURS
    )
    stock = _measured(_by_weasyprint, 1)
    report.bound("a sheet of 80, signed", ours, " ms", at_most=MOST)
    report.figure("sheets a second on a core", 1000 / ours)
    report.ratio("the same", 1000 / ours, 1000 / stock, "stock WeasyPrint", at_least=10)


def _measured(make: Callable[[Facts], bytes], count: int) -> float:
    """Median milliseconds of processor for a sheet; the first round warms fonts and caches."""
    found, number = [], 0
    for turn in range(ROUNDS + 1):
        sheets = [_sheet(number + place) for place in range(count)]
        number += count
        started = time.process_time()
        for said in sheets:
            make(said)
        if turn:
            found.append((time.process_time() - started) * 1000 / count)
    return statistics.median(found)


def _sheet(number: int) -> Facts:
    """Of people whom no other sheet has."""
    first = number * PEOPLE
    return facts(rows=tuple(row(first + place) for place in range(PEOPLE)))


def _by_weasyprint(said: Facts) -> bytes:
    wording = Wording.of(said)
    rows = "".join(_row(number, each, said, wording) for number, each in enumerate(said.rows, 1))
    page = (
        f'<html lang="{said.locale}"><head><title>{html.escape(said.heading.title)}</title>'
        f"<style>{_CSS}</style></head><body><h1>{html.escape(said.heading.title)}</h1><table><thead><tr>"
        "<th>N°<th>Nom<th>Organisation<th>Signature<th>Heure<th>Remarques</thead>"
        f"<tbody>{rows}</tbody></table></body></html>"
    )
    return bytes(HTML(string=page).write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True))


def _row(number: int, each: Row, said: Facts, wording: Wording) -> str:
    texts = (
        str(number),
        each.name,
        each.organisation,
        "",
        " ".join(wording.signed(each, said.heading.starts_at)),
        " ".join((wording.source(each), *wording.remarks(each))),
    )
    cells = [html.escape(text) for text in texts]
    cells[3] = each.strokes.svg() if each.strokes else ""
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
