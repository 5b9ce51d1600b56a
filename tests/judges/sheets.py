"""Sealed sheets for the judges: difficult ones, in both languages, one of them without a key."""

from collections.abc import Iterator
from pathlib import Path

from services.sheets.sealing.facts import Facts, Row
from services.sheets.sealing.typesetting.sheet import typeset_sheet
from shared.documents.signing import Signer
from tests.sheets.made_sheets import NAMES, STARTS, corrected, drawn, facts, row

RECORD = b'{"format":"emarge-sheet/1"}'
RIGHT_TO_LEFT = tuple(name for name in NAMES if any("\u0590" <= sign < "\u0700" for sign in name))
LONG = "Très long " * 40


def sheets() -> dict[str, Facts]:
    """By what is difficult about them."""
    return {
        "one person": facts(1),
        "eighty": facts(80),
        "two hundred, in English": facts(200, "en"),
        "erased, struck, late, corrected": corrected(),
        "corrected, in English": corrected(locale="en"),
        "no host": facts(30, hosts=(), countersignatures=()),
        "nobody signed": facts(3, rows=tuple(Row(name, "") for name in NAMES[:3])),
        "from right to left": facts(rows=tuple(row(each, RIGHT_TO_LEFT) for each in range(20))),
        "long words": facts(
            title=LONG,
            room=LONG,
            rows=(Row(LONG, LONG, strokes=drawn(1), signed_at=STARTS, source="phone"),),
        ),
        "signs that no font writes": facts(rows=(Row("\U0001f1eb\U0001f1f7", "\ue000"),)),
    }


def documents(folder: Path, signer: Signer) -> Iterator[tuple[Path, str]]:
    """Each with what to call it; the first without a signature too."""
    path = folder / "sheet.pdf"
    for number, (name, said) in enumerate(sheets().items()):
        path.write_bytes(typeset_sheet(said, RECORD, signer))
        yield path, f"sheet · {name}"
        if not number:
            path.write_bytes(typeset_sheet(said, RECORD, None))
            yield path, f"sheet · {name}, without a key"
