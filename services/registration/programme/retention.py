"""How long the people of a day are kept."""

from calendar import monthrange
from datetime import date

from services.registration.programme.facts import Conference


def kept_until(conference: Conference, setting: int) -> date:
    """When its people's data go. `setting`: months, where the day itself says nothing."""
    months = conference.retention_months or setting
    years, month = divmod(conference.date.month - 1 + months, 12)
    year = conference.date.year + years
    return date(year, month + 1, min(conference.date.day, monthrange(year, month + 1)[1]))
