"""What is done about somebody's line of a sheet: they came late, left early; their signature is
struck, or what was odd about it was looked at.

Once a sheet is sealed only an organiser does so, with a reason, and it is to be sealed anew.
"""

from datetime import datetime

from services.sheets.base.refusals import Refused
from services.sheets.chain.appending import Draft
from services.sheets.chain.entries import Kind
from services.sheets.lists.expected import is_expected
from services.sheets.signing.obstacles import CLOCKS
from services.sheets.signing.parties import By, Signed, Signing
from services.sheets.signing.turn import Turn, turn_of
from shared.base.clock import now
from shared.base.transactions import retried


def arrive(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    key: str,
    reason: str = "",
) -> Signed:
    """They came late, at this moment; or came back. Raises Refused: unknown, not-on-list, outside,
    sealed, reason."""
    return _mark(signing, sheet_id, registration_id, "arrived", by, at, key, reason)


def leave(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    key: str,
    reason: str = "",
) -> Signed:
    """They left early, at this moment. Refused as `arrive`."""
    return _mark(signing, sheet_id, registration_id, "left", by, at, key, reason)


@retried
def strike(
    signing: Signing, sheet_id: str, registration_id: str, *, by: By, reason: str, key: str
) -> Signed:
    """The signature counts no more. They may sign again. Raises Refused: unknown, not-on-list,
    not-signed, sealed, reason."""
    with turn_of(signing, sheet_id, registration_id) as turn:
        if answered := turn.first_answer(key):
            return answered
        if not reason.strip():
            raise Refused("reason", "reason")
        _check_sealed(turn, by, reason)
        if turn.standing.signed is None:
            raise Refused("not-signed", "registration")
        return turn.append(Draft("struck", key, now(), by.kind, reason=reason.strip()), by)


@retried
def settle(
    signing: Signing, sheet_id: str, registration_id: str, *, by: By, reason: str, key: str
) -> Signed:
    """The organiser has looked at the marks of a signature, and it counts. Refused as `strike`."""
    with turn_of(signing, sheet_id, registration_id) as turn:
        if answered := turn.first_answer(key):
            return answered
        if not reason.strip():
            raise Refused("reason", "reason")
        if turn.standing.signed is None:
            raise Refused("not-signed", "registration")
        said: dict[str, list[str]] = {"marks": []}
        draft = Draft("corrected", key, now(), by.kind, reason=reason.strip(), said=said)
        return turn.append(draft, by)


@retried
def _mark(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    kind: Kind,
    by: By,
    at: datetime,
    key: str,
    reason: str,
) -> Signed:
    with turn_of(signing, sheet_id, registration_id) as turn:
        if answered := turn.first_answer(key):
            return answered
        _check_sealed(turn, by, reason)
        if not turn.standing.signed and not is_expected(turn.connection, turn.sheet, turn.person):
            raise Refused("not-on-list", "registration")
        _check_within(turn, kind, at)
        return turn.append(Draft(kind, key, at, by.kind, reason=reason.strip()), by)


def _check_within(turn: Turn, kind: Kind, at: datetime) -> None:
    """Within the sheet's time, and not to come; nobody leaves before they came."""
    came = turn.standing.arrived_at or turn.sheet.starts_at
    earliest = came if kind == "left" else turn.sheet.starts_at
    latest = min(turn.sheet.ends_at, now() + CLOCKS)
    if not earliest <= at <= latest or (kind == "left" and at == earliest):
        raise Refused("outside", "at")


def _check_sealed(turn: Turn, by: By, reason: str) -> None:
    if turn.sheet.state != "sealed":
        return
    if by.kind != "organiser":
        raise Refused("sealed", "sheet")
    if not reason.strip():
        raise Refused("reason", "reason")
