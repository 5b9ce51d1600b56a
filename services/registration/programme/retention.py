"""How long the people of a day are kept."""

from calendar import monthrange
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, select

from services.registration.base import tables
from services.registration.programme.facts import Conference

_EVIDENCE = select(tables.Conference.evidence_until).where(
    tables.Conference.id == bindparam("conference_id")
)


def evidence_until(connection: Connection, conference: Conference) -> date | None:
    """The last day on which the evidence must be there, where the day has certificats de
    réalisation."""
    return connection.execute(_EVIDENCE, {"conference_id": conference.id}).scalar()


def kept_until(conference: Conference, setting: int, evidence: date | None) -> date:
    """When its people's data go. `setting`: months, where the day itself says nothing; `evidence`:
    the last day on which funders may ask for it."""
    own = _some_months_after(conference, conference.retention_months or setting)
    return own if evidence is None else max(own, evidence + timedelta(days=1))


def _some_months_after(conference: Conference, months: int) -> date:
    years, month = divmod(conference.date.month - 1 + months, 12)
    year = conference.date.year + years
    return date(year, month + 1, min(conference.date.day, monthrange(year, month + 1)[1]))
