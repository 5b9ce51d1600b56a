"""A presence that an organiser writes down: nobody signed, and it was so all the same."""

from datetime import datetime

from services.sheets.base.refusals import Refused
from services.sheets.chain.appending import Draft
from services.sheets.signing.obstacles import obstacles
from services.sheets.signing.parties import By, Signed, Signing
from services.sheets.signing.turn import turn_of
from shared.base.transactions import retried


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
    """Of anybody of the day, on the sheet's list or not; also on a sealed sheet. Who has signed
    already gets that answer. Raises Refused: unknown, not-on-list (nobody of that day), reason."""
    with turn_of(signing, sheet_id, registration_id) as turn:
        if answered := turn.first_answer(key):
            return answered
        if signed := turn.standing.signed:
            return turn.answer(signed, again=True)
        if not reason.strip():
            raise Refused("reason", "reason")
        found = obstacles(
            turn.connection, turn.sheet, turn.person, turn.entries, at, by, report=True
        )
        marks = [each.rule for each in found if each.rule != "sealed"]
        starts_at, ends_at = turn.standing.present(turn.sheet.starts_at, turn.sheet.ends_at)
        said = {
            "how": "written",
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
            "sessions": [*turn.sessions],
        }
        draft = Draft(
            "transcribed",
            key,
            at,
            by.kind,
            name=turn.name,
            organisation=turn.person.organisation,
            reason=reason.strip(),
            said=said | ({"marks": marks} if marks else {}),
        )
        return turn.append(draft, by)
