"""What the emails said, as their readers have it: the lines of their day, beside the programmes of
which the feed tells."""

import email
import email.policy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.mailbox import Mailbox, body
from services.notifications.writing.letters import CATALOGUES
from shared.events.registration import Programme
from shared.words.language import Languages

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SESSIONS = ("Votre programme", "Vous êtes sur liste d’attente pour")
WHEN_AND_WHERE = "Date et lieu"
LATE = "Ce message arrive en retard"
CLOCKS = re.compile(r" \([^()]+\)$")  # whose they are, where they may not be the reader's
LINES_OF_A_DAY = 4  # date and times, venue, address, city


@dataclass(frozen=True)
class Facts:
    """A day as somebody reads it: time and room by the title of a session, and the lines of when
    and where."""

    sessions: Mapping[str, str] = field(default_factory=dict)
    when_and_where: tuple[str, ...] = ()

    def are_of(self, programme: "Facts") -> bool:
        """Whether that programme says the same of all that is said here."""
        return self.when_and_where == programme.when_and_where and all(
            programme.sessions.get(title) == line for title, line in self.sessions.items()
        )


@dataclass(frozen=True)
class Letter:
    """An email in the sink. `late`: it says itself that it has been overtaken."""

    identity: str
    event: str
    recipient: str
    facts: Facts
    late: bool


def letters(folder: Path) -> list[Letter]:
    """All that were accepted, in the order in which their last line arrived."""
    return [_letter(folder, identity) for identity in Mailbox(folder).ids()]


def facts_of(event: Mapping[str, Any]) -> Facts:
    """What people should read of a programme that the feed tells of."""
    said = Programme.model_validate(event["data"])
    french = Languages.load(CATALOGUES)["fr"]
    day, zone = said.conference, said.conference.timezone
    date = french.date(day.starts_at, zone)
    times = french.times(day.starts_at, day.ends_at, zone)
    return Facts(
        {
            each.title: _plain(f"{french.times(each.starts_at, each.ends_at, zone)} · {each.where}")
            for each in said.sessions
        },
        tuple(
            _plain(line)
            for line in (f"{date[:1].upper()}{date[1:]}, {times}", day.venue, day.address, day.city)
        ),
    )


@cache  # they are counted again and again, and never change
def _letter(folder: Path, identity: str) -> Letter:
    stored = Mailbox(folder).stored(identity)
    text = body(_words_of(Mailbox(folder).raw(identity)), "plain") or ""
    found = UUID_FORM.search(stored.message_id)
    return Letter(
        identity,
        str(UUID(found.group())) if found else stored.message_id,
        stored.recipients[0],
        _facts_in(text),
        LATE in _plain(text),
    )


def _words_of(raw: bytes) -> Any:
    """Without what is attached, which is most of an email."""
    kept = raw.partition(b"Content-Disposition: attachment")[0]
    return email.message_from_bytes(kept, policy=email.policy.default)


def _facts_in(text: str) -> Facts:
    lines = [_plain(line) for line in text.splitlines()]
    begins = [index for index, line in enumerate(lines) if line in SESSIONS]
    sessions = {
        lines[index + 1]: line.removeprefix("* ")
        for index, line in enumerate(lines)
        if begins and index > begins[0] and line.startswith("* ")
    }
    if WHEN_AND_WHERE not in lines:
        return Facts(sessions)
    at = lines.index(WHEN_AND_WHERE) + 1
    date, *place = lines[at : at + LINES_OF_A_DAY]
    return Facts(sessions, (CLOCKS.sub("", date), *place))


def _plain(text: str) -> str:
    """However a printer would space it."""
    return " ".join(text.split())
