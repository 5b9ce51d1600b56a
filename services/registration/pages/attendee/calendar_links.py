"""Addresses that put an entry, or a feed that stays up to date, into the calendars of others."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Entry:
    """What is put there; `address` is a public page: calendars are shared with colleagues."""

    title: str
    starts_at: datetime
    ends_at: datetime
    where: str
    address: str


def google(entry: Entry, zone: str) -> str:
    times = "/".join(
        f"{m.astimezone(UTC):%Y%m%dT%H%M%SZ}" for m in (entry.starts_at, entry.ends_at)
    )
    fields = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": times,
        "ctz": zone,
        "location": entry.where,
        "details": entry.address,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(fields)}"


def outlook(entry: Entry) -> str:
    """Of outlook.com, which hands it on to whoever has an account with their work."""
    fields = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.title,
        "startdt": f"{entry.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{entry.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "location": entry.where,
        "body": entry.address,
    }
    return (
        f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(fields, quote_via=quote)}"
    )


@dataclass(frozen=True)
class Feed:
    """A calendar at an address: followed by whoever is told of it."""

    address: str
    name: str

    @property
    def webcal(self) -> str:
        """What Apple's calendar, and Outlook on a desk, open with."""
        return f"webcal:{self.address.partition(':')[2]}"

    @property
    def google(self) -> str:
        return f"https://calendar.google.com/calendar/r?{urlencode({'cid': self.webcal})}"

    @property
    def outlook(self) -> str:
        fields = urlencode({"url": self.address, "name": self.name}, quote_via=quote)
        return f"https://outlook.live.com/calendar/0/addfromweb?{fields}"
