"""What is in a funder's file, by its name in the ZIP, in the order in which it is written."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from services.sheets.base.records import SheetRecord, sheets_by_conference
from services.sheets.base.seals import newest_of_conference, seals_of
from services.sheets.funder.realisations import realisations_of
from services.sheets.lists.days import programme_of
from services.sheets.lists.expected import Person, expected
from services.sheets.sealing.facts import Row
from services.sheets.sealing.wording import Wording, languages
from services.sheets.signing.papers import papers_of
from shared.bus.inbox import JobRow
from shared.events.registration import PROGRAMMES
from shared.words.cells import harmless
from shared.words.filenames import file_name

SHEETS, PAPER, PROGRAMME = "feuilles/", "papier/", "programme/"
REALISATIONS = "certificats-de-realisation/"
PRESENCE, INDEX, SUMS, READ_ME = "presence.csv", "index.json", "SHA256SUMS", "LISEZMOI.txt"
_HEADS = (
    "feuille",
    "session",
    "nom",
    "organisation",
    "signature",
    "source",
    "de",
    "à",
    "minutes",
    "remarques",
)


@dataclass(frozen=True)
class File:
    """`kind` and `of` say where its bytes come from: a document by its key in the storage, a scan
    by its sheet and its own id, a programme by its version, a certificat de réalisation by whose it
    is. Of a scan, its bytes tell how the name goes on."""

    kind: Literal["sheet", "paper", "presence", "programme", "realisation"]
    name: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contents:
    """As listed when the file is begun, kept as JSON. `title` of the conference; `unsealed`: the
    titles of sheets that were signed and have no document; `changed`: of those whose document is of
    before a correction; `erased`: how many certificats de réalisation are of people who were."""

    files: tuple[File, ...]
    unsealed: tuple[str, ...]
    title: str
    changed: tuple[str, ...] = ()
    erased: int = 0

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Contents":
        """As `said` wrote it."""
        files = tuple(File(kind, name, tuple(of)) for kind, name, of in said["files"])
        unsealed, changed = tuple(said["unsealed"]), tuple(said["changed"])
        return cls(files, unsealed, said["title"], changed, said["erased"])

    def said(self) -> dict[str, Any]:
        return {
            "files": [[file.kind, file.name, [*file.of]] for file in self.files],
            "unsealed": [*self.unsealed],
            "title": self.title,
            "changed": [*self.changed],
            "erased": self.erased,
        }


def contents_of(connection: Connection, slug: str) -> Contents:
    """As it stands now: sealed sheets, scans of paper ones, the table of presence, the programme's
    versions, certificats de réalisation."""
    wording = _wording_of(connection, slug)
    sealed, missing, changed, papers = [], [], [], []
    seals = {seal.sheet_id: seal for seal in newest_of_conference(connection, slug)}
    for number, sheet in enumerate(sheets_by_conference(connection, slug), start=1):
        seal, title = seals.get(sheet.id), wording.title(sheet.title, sheet.starts_at)
        if seal is not None and seal.made:
            name = file_name(f"{number:02}", title, seal.code, extension="pdf")
            sealed.append(File("sheet", SHEETS + name, (seal.file,)))
            if sheet.length > seal.entries:
                changed.append(title)
        elif sheet.length:
            missing.append(title)
        for each in papers_of(connection, sheet.id):
            name = PAPER + file_name(f"{number:02}", title, each.id[:8], extension="")
            papers.append(File("paper", name.rstrip("."), (sheet.id, each.id)))
    programmes = [
        File("programme", f"{PROGRAMME}version-{version:03}.json", (str(version),))
        for version in programmes_of(connection, slug)
    ]
    issued = realisations_of(connection, slug)
    realisations = [
        File(
            "realisation",
            REALISATIONS + file_name(each.name, each.code, extension="pdf"),
            (each.registration_id,),
        )
        for each in issued
        if each.path
    ]
    files = (*sealed, *papers, File("presence", PRESENCE), *programmes, *realisations)
    programme = programme_of(connection, slug)
    day = programme.conference.title if programme else slug
    erased = len(issued) - len(realisations)
    return Contents(files, tuple(missing), day, tuple(changed), erased)


def presence(connection: Connection, slug: str) -> bytes:
    """A row for each person and sheet, as signed: a table for any spreadsheet."""
    wording = _wording_of(connection, slug)
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(_HEADS)
    for sheet in sheets_by_conference(connection, slug):
        if sheet.state == "withdrawn" and not sheet.length:
            continue
        for row in _rows(connection, sheet, wording):
            table.writerow([harmless(each) for each in row])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def programmes_of(connection: Connection, slug: str) -> dict[int, bytes]:
    """Every version of the programme that was told here, by number, in order."""
    found = {}
    told = select(JobRow.envelope).where(JobRow.type.in_(PROGRAMMES)).order_by(JobRow.id)
    for envelope in connection.execute(told).scalars():
        data = json.loads(envelope).get("data", {})
        if data.get("conference", {}).get("slug") == slug and "programme_version" in data:
            said = {name: data[name] for name in ("conference", "sessions", "programme_version")}
            found[int(data["programme_version"])] = json.dumps(
                said, ensure_ascii=False, indent=1
            ).encode()
    return dict(sorted(found.items()))


def _wording_of(connection: Connection, slug: str) -> Wording:
    programme = programme_of(connection, slug)
    return Wording(languages()["fr"], programme.conference.timezone if programme else "UTC")


def _rows(
    connection: Connection, sheet: SheetRecord, wording: Wording
) -> Iterator[tuple[str, ...]]:
    zone = ZoneInfo(wording.zone)
    seals = seals_of(connection, sheet.id)
    first_seal = seals[0].entries if seals else sheet.length
    for person in expected(connection, sheet.id):
        start, end = person.present
        said = _said(person, first_seal)
        there = person.signed_at is not None and start < end
        yield (
            sheet.unit,
            wording.title(sheet.title, sheet.starts_at),
            "effacé à sa demande" if person.erased else person.name,
            person.organisation,
            person.signed_at.astimezone(zone).isoformat() if person.signed_at else "",
            wording.source(said),
            start.astimezone(zone).isoformat() if there else "",
            end.astimezone(zone).isoformat() if there else "",
            str(int((end - start).total_seconds() // 60)) if there else "0",
            ", ".join(_remarks(person, said, wording)),
        )


def _said(person: Person, first_seal: int) -> Row:
    """As the sealed sheet says it, in words that are the same."""
    signed = person.entry
    return Row(
        name=person.name,
        organisation=person.organisation,
        signed_at=person.signed_at,
        source=person.source,
        transcriber=signed.actor if signed and signed.kind == "transcribed" else "",
        arrived_at=person.arrived_at,
        left_at=person.left_at,
        struck=person.struck,
        late=signed is not None and signed.number > first_seal,
        marks=person.marks,
    )


def _remarks(person: Person, said: Row, wording: Wording) -> list[str]:
    remarks = wording.remarks(said)
    if not person.expected and not person.erased:
        lost = "cancelled" if person.status == "cancelled" else "not-on-list"
        remarks.append(wording.mark(lost))
    if person.entry is not None and person.entry.reason:
        remarks.append(person.entry.reason)
    return list(dict.fromkeys(remarks))
