"""The delivery log: one row for each email there was a reason to send."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, get_args

from sqlalchemy import Connection, bindparam, case, func, select, update

from services.notifications.base.tables import Delivery, insert_for, table_of
from services.notifications.delivery.unconfirmed import held_until
from services.notifications.reasons import Reason
from services.notifications.sending.outcomes import (
    Accepted,
    Refused,
    TemporarilyRefused,
    Unanswered,
)
from services.notifications.writing.letters import Kind
from shared.base.clock import now
from shared.base.database import changed_one, wait_for_disk
from shared.base.errors import RowForgotten
from shared.process.service import Job
from shared.words.addresses import address_key
from shared.words.folding import sought

State = Literal["sending", "sent", "ambiguous", "failed", "skipped", "held"]

STATES: tuple[State, ...] = get_args(State)
OF_AGE: tuple[Reason, ...] = ("too-late", "before-the-loss")
SETTLED: tuple[State, ...] = ("sent", "ambiguous", "skipped")
_OF_NOBODY = dict.fromkeys(("recipient", "address_key", "name", "sought", "words", "subject"), "")


@dataclass(frozen=True)
class Errand:
    """One email to send: about which event, to whom, at which conference (its slug)."""

    event_id: str
    registration_id: str
    conference: str
    kind: Kind
    name: str
    recipient: str
    message_id: str
    organisation: str = ""
    code: str = ""
    announcement_id: int | None = None
    programme_version: int | None = None  # that a notice tells


def open_delivery(connection: Connection, job: Job, errand: Errand, skip: Reason | None) -> State:
    """The state of this errand's row, made if it is not there: `skipped` for a reason, `held` and
    its job put off, or `sending`. Whoever has no address is sent nothing. One that no server can
    have accepted yet is skipped for a reason found since, unless that is its age. Raises LeaseLost
    rather than write over what another worker has."""
    moment, until = now(), None
    if not errand.recipient:
        skip = skip or "no-address"
    if not (skip or job.forced or job.step):
        about = errand.kind, errand.event_id, errand.registration_id, errand.recipient
        until = held_until(connection, *about)
    state: State = "skipped" if skip else "held" if until else "sending"
    reason = skip or ("address-unconfirmed" if until else None)
    settled_at = moment if skip else None
    if until:
        job.put_off(connection, until)
    fields = {
        "event_id": errand.event_id,
        "job_id": job.job_id,
        "conference": errand.conference,
        "registration_id": errand.registration_id,
        "kind": errand.kind,
        "announcement_id": errand.announcement_id,
        "programme_version": errand.programme_version,
        "name": errand.name,
        "sought": _sought(errand),
        "recipient": errand.recipient,
        "address_key": address_key(errand.recipient),
        "message_id": errand.message_id,
        "state": state,
        "reason": reason,
        "words": "",
        "created_at": moment,
        "settled_at": settled_at,
    }
    made = connection.execute(_insert_new(connection.dialect.name), fields).first()
    if made is not None:
        return state
    known: State = connection.execute(
        select(Delivery.state).where(Delivery.event_id == errand.event_id)
    ).scalar_one()  # type: ignore[assignment]  # only states are ever written
    job.hold(connection)
    if job.step is not None:
        if skip and known not in SETTLED:
            # It was handed over, and nobody will ask any more what became of it.
            _write(connection, errand, "ambiguous", "unanswered", "", moment)
        return known
    if known == "held":  # it was never begun: everything is as if it came now
        _write(connection, errand, state, reason, "", settled_at)
        known = state
    return _open_again(connection, job, errand, known, skip)


def must_be_there(connection: Connection, errand: Errand) -> None:
    """Raises RowForgotten unless this errand has a row: what was made beside it is gone too."""
    found = select(Delivery.id).where(Delivery.event_id == errand.event_id)
    if connection.execute(found).first() is None:
        raise RowForgotten(f"{_named(errand)} is not there any more")


def version_told(connection: Connection, errand: Errand) -> int:
    """The programme version that an email was written from."""
    found = select(Delivery.programme_version).where(Delivery.event_id == errand.event_id)
    return connection.execute(found).scalar() or 0


def without_person(errand: Errand) -> Errand:
    return replace(errand, name="", recipient="", organisation="", code="")


def settle(
    connection: Connection, errand: Errand, outcome: Accepted | Unanswered, subject: str = ""
) -> None:
    """What became of it; `subject` is what it was called, if it was written now."""
    if isinstance(outcome, Accepted):
        _write(connection, errand, "sent", None, outcome.words, now(), subject)
    else:
        _write(connection, errand, "ambiguous", "unanswered", outcome.words, now(), subject)


def note_refusal(
    connection: Connection, errand: Errand, refusal: Refused | TemporarilyRefused
) -> None:
    """Why it was refused: to be tried again, or never."""
    if isinstance(refusal, Refused):
        _write(connection, errand, "failed", refusal.reason, refusal.words, now())
    else:
        _write(connection, errand, "sending", refusal.reason, refusal.words, None)


def without_address(words: str, recipient: str) -> str:
    """A server's words, which are logged and kept, without the person's address."""
    return words.replace(recipient, "<recipient>") if recipient else words


def redact(connection: Connection, registration_id: str) -> None:
    """That emails were sent stays, to whom does not."""
    connection.execute(
        update(Delivery).where(Delivery.registration_id == registration_id).values(**_OF_NOBODY)
    )


def redact_address(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """The same of links that somebody was sent to sign in with: those are about no registration."""
    of_nobody = Delivery.registration_id == ""
    addresses = connection.execute(select(Delivery.recipient).where(of_nobody).distinct())
    for address in [each for each in addresses.scalars() if is_them(each)]:
        connection.execute(
            update(Delivery).where(of_nobody, Delivery.recipient == address).values(**_OF_NOBODY)
        )


def listed(
    connection: Connection,
    registration_id: str | None = None,
    state: State | None = None,
    kind: str | None = None,
) -> list[dict[str, Any]]:
    """The log, oldest first: of one registration, of one state, of one kind, or all of it."""
    statement = select(*Delivery.__table__.columns).order_by(Delivery.id)
    if registration_id is not None:
        statement = statement.where(Delivery.registration_id == registration_id)
    if state is not None:
        statement = statement.where(Delivery.state == state)
    if kind is not None:
        statement = statement.where(Delivery.kind == kind)
    return [dict(row) for row in connection.execute(statement).mappings()]


def sent_to(connection: Connection, registration_id: str) -> list[dict[str, Any]]:
    """Every email there was a reason to send to one person, in order, as they may know it."""
    columns = (Delivery.kind, Delivery.subject, Delivery.recipient, Delivery.state, Delivery.reason)
    rows = connection.execute(
        select(*columns, Delivery.created_at, Delivery.settled_at)
        .where(Delivery.registration_id == registration_id)
        .order_by(Delivery.id)
    )
    return [dict(row) for row in rows.mappings()]


def figures(connection: Connection) -> dict[str, int]:
    """Emails by state, for status and metrics."""
    counts = connection.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    found = {state: count for state, count in counts}  # noqa: C416  its rows are no pairs to mypy
    states = ("sent", "ambiguous", "failed", "skipped", "held")
    return {f"emails_{state}": found.get(state, 0) for state in states}


def _open_again(
    connection: Connection, job: Job, errand: Errand, known: State, skip: Reason | None
) -> State:
    if job.forced or known not in SETTLED:
        wait_for_disk(connection)  # what was there stays if this is forgotten: nobody would see it
        connection.execute(
            update(Delivery)
            .where(Delivery.event_id == errand.event_id)
            .values(
                programme_version=errand.programme_version,
                name=errand.name,
                recipient=errand.recipient,
                address_key=address_key(errand.recipient),
                sought=_sought(errand),
            )
        )
    if known not in ("sending", "failed") or skip in (None, *OF_AGE) or job.forced:
        return known
    _write(connection, errand, "skipped", skip, "", now())
    return "skipped"


def _sought(errand: Errand) -> str:
    return sought(errand.name, "", errand.recipient, errand.organisation, errand.code)


def _write(
    connection: Connection,
    errand: Errand,
    state: State,
    reason: Reason | None,
    words: str,
    settled_at: datetime | None,
    subject: str = "",
) -> None:
    values = {
        "of_event": errand.event_id,
        "new_state": state,
        "new_reason": reason,
        "new_words": words,
        "new_settled_at": settled_at,
    }
    if subject:
        written = connection.execute(_WRITE_AND_CALL, values | {"new_subject": subject})
    else:
        written = connection.execute(_WRITE, values)
    changed_one(written, _named(errand))


def _named(errand: Errand) -> str:
    return f"the delivery of {errand.event_id}"


# Built once: every email needs them.
_TABLE = table_of(Delivery)
_IS_KNOWN = _TABLE.c.recipient != ""  # or they were erased while their email was handed over
_WRITE = (
    update(_TABLE)
    .where(_TABLE.c.event_id == bindparam("of_event"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        words=case((_IS_KNOWN, bindparam("new_words")), else_=""),
        settled_at=bindparam("new_settled_at"),
    )
)
_WRITE_AND_CALL = _WRITE.values(subject=case((_IS_KNOWN, bindparam("new_subject")), else_=""))


@lru_cache(maxsize=2)
def _insert_new(dialect: str) -> Any:
    return insert_for(dialect, _TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
