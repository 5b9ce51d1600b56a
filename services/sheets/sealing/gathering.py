"""The facts of a seal, from the chain up to its last entry, the programme, and who was expected."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from babel.core import get_global
from sqlalchemy import Connection, select

from services.sheets.base.records import SheetRecord
from services.sheets.base.seals import SealRecord
from services.sheets.base.tables import Host, Participant
from services.sheets.chain.entries import ERASED, UNSIGNED, Entry
from services.sheets.chain.standing import Standing, by_person
from services.sheets.lists.days import programme_of
from services.sheets.pictures.strokes import Strokes
from services.sheets.sealing.facts import Correction, Countersignature, Facts, Row
from services.sheets.sealing.heading import heading_in, heading_of
from shared.events.parts import Conference
from shared.words.folding import folded

Draws = Callable[[Entry], Strokes | None]  # what an entry's picture shows
# France and all that is of it, over the seas too.
FRENCH = frozenset(["FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"])
_KINDS = ("programme", ERASED, "marks")  # of corrections, by what they say
_ALWAYS_TOLD = ("struck", "corrected")  # also before the first seal


@dataclass(frozen=True)
class _Known:
    """What is known of a person beside their entries; blank once they are erased."""

    name: str = ""
    last_name: str = ""
    organisation: str = ""
    locale: str = ""


def facts_of(
    connection: Connection,
    sheet: SheetRecord,
    seals: Sequence[SealRecord],
    entries: Sequence[Entry],
    draws: Draws,
    public_url: str,
) -> Facts:
    """Of the last of these seals; `entries` are those it covers."""
    seal = seals[-1]
    people = _people(connection, entries)
    programme = programme_of(connection, sheet.conference)
    standings = by_person(entries)
    expected = {*entries[-1].said.get("listed", ())}
    first = seals[0].entries
    rows = sorted(
        (
            (
                replace(
                    _row(standings.get(who, Standing()), people.get(who, _Known()), first, draws),
                    expected=who in expected,
                ),
                people.get(who, _Known()).last_name,
            )
            for who in expected | standings.keys()
        ),
        key=lambda pair: (pair[0].erased, folded(pair[1] or pair[0].name), folded(pair[0].name)),
    )
    return Facts(
        heading=heading_in(entries[-1]) or heading_of(connection, sheet),
        hosts=_hosts(connection, sheet, entries),
        locale=_language(programme.conference if programme else None, people.values()),
        code=seal.code,
        verify_url=f"{public_url}/sheets/verify/{seal.code}",
        seal=seal.number,
        entries=seal.entries,
        head=seal.head,
        sealed_at=seal.sealed_at,
        replaces=seals[-2].code if len(seals) > 1 else "",
        rows=tuple(row for row, _ in rows),
        countersignatures=tuple(
            Countersignature(each.name, each.at, draws(each))
            for each in entries
            if each.kind == "countersigned"
        ),
        corrections=tuple(_corrections(entries, first, standings)),
    )


def _row(standing: Standing, known: _Known, first_seal: int, draws: Draws) -> Row:
    signed, named = standing.signed, standing.named
    name = named.name if named and signed else known.name
    transcribed = signed is not None and signed.kind == "transcribed"
    return Row(
        name=name,
        organisation=named.organisation if named and signed else known.organisation,
        erased=not name,
        strokes=draws(signed) if signed is not None else None,
        signed_at=signed.at if signed else None,
        noted_at=signed.noted_at if signed and not transcribed else None,
        source=signed.source if signed else "",
        transcriber=signed.actor if signed and transcribed else "",
        arrived_at=standing.arrived_at,
        left_at=standing.left_at,
        struck=standing.struck is not None,
        late=signed is not None and signed.number > first_seal,
        marks=standing.marks,
    )


def _corrections(
    entries: Iterable[Entry], first_seal: int, standings: Mapping[str, Standing]
) -> Iterable[Correction]:
    for entry in entries:
        after = entry.number > first_seal and entry.kind != "sealed"
        if not after and entry.kind not in _ALWAYS_TOLD:
            continue
        if UNSIGNED in entry.said:
            continue  # who made an entry is blank: the entry shows it
        named = standings[entry.registration_id].named if entry.registration_id else None
        yield Correction(
            number=entry.number,
            kind=_kind(entry),
            at=entry.at,
            noted_at=entry.noted_at,
            author=entry.actor,
            about=entry.name or (named.name if named else ""),
            reason=entry.reason,
        )


def _kind(entry: Entry) -> str:
    if entry.said.get("how") == "written":
        return "written"
    if entry.kind != "corrected":
        return entry.kind
    return next((each for each in _KINDS if each in entry.said), entry.kind)


def _people(connection: Connection, entries: Sequence[Entry]) -> dict[str, _Known]:
    wanted = {*entries[-1].said.get("listed", ())}
    wanted |= {each.registration_id for each in entries if each.registration_id}
    rows: list[Any] = []
    in_order = sorted(wanted)
    for start in range(0, len(in_order), 500):
        rows += connection.execute(
            select(
                Participant.registration_id,
                Participant.first_name,
                Participant.last_name,
                Participant.organisation,
                Participant.locale,
            ).where(Participant.registration_id.in_(in_order[start : start + 500]))
        ).all()
    return {
        row.registration_id: _Known(
            f"{row.first_name} {row.last_name}".strip(), row.last_name, row.organisation, row.locale
        )
        for row in rows
    }


def _hosts(connection: Connection, sheet: SheetRecord, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Who was asked to countersign, and whoever did."""
    asked = connection.execute(
        select(Host.name)
        .where(Host.sheet_id == sheet.id, Host.ended_at.is_(None))
        .order_by(Host.name, Host.id)
    ).scalars()
    signed = (each.name for each in entries if each.kind == "countersigned")
    return tuple(dict.fromkeys(filter(None, (*asked, *signed))))


def _language(day: Conference | None, people: Iterable[_Known]) -> str:
    """French where the day is in France, or where most people read it."""
    if day is not None and get_global("zone_territories").get(day.timezone) in FRENCH:
        return "fr"
    read = [each.locale for each in people if each.locale]
    return "fr" if 2 * sum(each == "fr" for each in read) >= len(read) else "en"
