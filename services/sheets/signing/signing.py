"""Signing: each time one transaction, and one entry of the chain.

A person who signs with us is told at once what cannot be. What is reported later (a tablet that was
without a network, a paper sheet) has happened: it is kept as it was, with marks for the organiser.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from services.sheets.base.records import sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import Entry, picture_of
from services.sheets.chain.reading import entries_of, entry_by_key
from services.sheets.chain.standing import by_person
from services.sheets.pictures import album
from services.sheets.pictures.strokes import Strokes
from services.sheets.signing.amending import arrive as arrive
from services.sheets.signing.amending import leave as leave
from services.sheets.signing.amending import settle as settle
from services.sheets.signing.amending import strike as strike
from services.sheets.signing.obstacles import is_report, is_sensible, obstacles
from services.sheets.signing.papers import keep_paper
from services.sheets.signing.parties import By as By
from services.sheets.signing.parties import Signed as Signed
from services.sheets.signing.parties import Signing as Signing
from services.sheets.signing.refused import note
from services.sheets.signing.turn import Turn, turn_of
from shared.base.transactions import retried
from shared.words.folding import folded


@retried
def sign(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    strokes: Strokes | None,
    key: str,
    queued: bool = False,
) -> Signed:
    """They sign; without strokes, by a button. `queued`: it waited on a tablet. The same key, or
    the same person again, gets the first answer. Raises Refused: unknown, sealed, withdrawn,
    cancelled, elsewhere (details: title, starts_at, ends_at of the other sheet), left, not-on-list,
    too-early, over, clock."""
    try:
        with turn_of(signing, sheet_id, registration_id) as turn:
            if answered := _answered(turn, key):
                return answered
            report = is_report(by, at, queued=queued)
            marks = _marks(turn, at, by, report=report)
            who = turn.person.registration_id
            plain = strokes.to_bytes() if strokes else None
            picture_id = plain and album.keep(
                turn.connection, signing.keyring, sheet_id, who, plain
            )
            draft = Draft(
                "signed",
                key,
                at,
                by.kind,
                name=turn.name,
                organisation=turn.person.organisation,
                said=_said(turn, "hand" if strokes else "button", marks),
                picture=plain,
                picture_id=picture_id or None,
            )
            return turn.append(draft, by)
    except Refused as refused:
        note(signing.database, sheet_id, registration_id, refused, by)
        raise


@retried
def transcribe(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    key: str,
    paper: bytes | str | None = None,
    reason: str = "",
) -> Signed:
    """An organiser copies a signature from paper; `paper` is its scan, which the entry's
    `picture_id` is since, or that id. On a sealed sheet with a reason. Raises Refused: unknown,
    not-on-list, reason, clock; of the scan too-large, malformed."""
    by = replace(by, source="paper")
    return _copy(signing, sheet_id, registration_id, by, at, key, "paper", paper, reason)


@retried
def write_down(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    reason: str,
    key: str,
) -> Signed:
    """An organiser writes a presence down: nobody signed, and it was so all the same. Of anybody of
    the day, on the sheet's list or not; also on a sealed sheet. Who has signed already gets that
    answer. Raises Refused: unknown, not-on-list (nobody of that day), reason, clock."""
    return _copy(signing, sheet_id, registration_id, by, at, key, "written", None, reason)


@retried
def countersign(
    signing: Signing,
    sheet_id: str,
    *,
    by: By,
    at: datetime,
    strokes: Strokes | None,
    key: str,
) -> Signed:
    """The host signs that it was so; `by.name` is theirs. The same host again gets the first
    answer. Raises Refused: unknown, sealed, withdrawn, too-early."""
    with signing.database.begin() as connection:
        sheet = sheet_by_id(connection, sheet_id, lock=True)
        present = (sheet.starts_at, sheet.ends_at)
        entries = entries_of(connection, sheet_id)
        first = entry_by_key(connection, sheet_id, key) or _countersigned(entries, by.name)
        if first is not None:
            return Signed(first, True, present, tuple(first.said.get("marks", ())))
        if sheet.state != "open":
            raise Refused(sheet.state, "sheet")
        if at < sheet.starts_at:
            raise Refused("too-early", "at", opens_at=sheet.starts_at.isoformat())
        signed = [each.signed for each in by_person(entries).values() if each.signed]
        also = any(folded(each.name) == folded(by.name) for each in signed)
        marks = ["also-participant"] if also else []
        plain = strokes.to_bytes() if strokes else None
        picture_id = plain and album.keep(connection, signing.keyring, sheet_id, None, plain)
        draft = Draft(
            "countersigned",
            key,
            at,
            by.kind,
            source=by.source,
            name=by.name,
            said={"how": "hand" if strokes else "button", "signed": len(signed)}
            | ({"marks": marks} if marks else {}),
            picture=plain,
            picture_id=picture_id or None,
        )
        entry, _ = append(connection, sheet, draft)
        return Signed(entry, False, present, tuple(marks))


def _copy(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    by: By,
    at: datetime,
    key: str,
    how: Literal["paper", "written"],
    paper: bytes | str | None,
    reason: str,
) -> Signed:
    with turn_of(signing, sheet_id, registration_id) as turn:
        if answered := _answered(turn, key):
            return answered
        if not reason.strip() and (how == "written" or turn.sheet.state == "sealed"):
            raise Refused("reason", "reason")
        marks = [each for each in _marks(turn, at, by, report=True) if each != "sealed"]
        if isinstance(paper, bytes):
            paper = keep_paper(turn.connection, signing.keyring, sheet_id, paper)
        paper_said = {"paper": _paper(turn, paper)} if paper else {}
        draft = Draft(
            "transcribed",
            key,
            at,
            by.kind,
            name=turn.name,
            organisation=turn.person.organisation,
            reason=reason.strip(),
            said=_said(turn, how, marks) | paper_said,
            picture_id=paper or None,
        )
        return turn.append(draft, by)


def _answered(turn: Turn, key: str) -> Signed | None:
    """What they were answered before: to this key, or when they signed this sheet."""
    if answered := turn.first_answer(key):
        return answered
    signed = turn.standing.signed
    return turn.answer(signed, again=True) if signed else None


def _marks(turn: Turn, at: datetime, by: By, *, report: bool) -> list[str]:
    """What stands against it and is kept all the same; raised, unless it is a report, or of no
    time at all."""
    if not is_sensible(at):
        raise Refused("clock", "at")
    if by.ended_at is not None and at > by.ended_at:
        raise Refused("ended", "at")
    found = obstacles(turn.connection, turn.sheet, turn.person, turn.entries, at, by, report=report)
    if report:
        return [each.rule for each in found]
    for each in found:
        raise Refused(each.rule, each.of, **each.details)
    return []


def _said(turn: Turn, how: str, marks: Sequence[str]) -> dict[str, Any]:
    """What they read when they signed, and what is to be looked at."""
    starts_at, ends_at = turn.standing.present(turn.sheet.starts_at, turn.sheet.ends_at)
    said: dict[str, Any] = {
        "how": how,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "sessions": [*turn.sessions],
    }
    return said | ({"marks": [*marks]} if marks else {})


def _paper(turn: Turn, paper: str) -> str:
    """What binds an entry to the scan that it was copied from: of many people, so that it goes
    when one of them is erased, and the others' entries stay whole."""
    scan = album.opened(turn.connection, turn.signing.keyring, paper)
    if not scan:
        raise Refused("malformed", "paper")
    return picture_of(paper, scan)


def _countersigned(entries: Sequence[Entry], name: str) -> Entry | None:
    """By the same host, before."""
    return next((e for e in entries if e.kind == "countersigned" and e.name == name), None)
