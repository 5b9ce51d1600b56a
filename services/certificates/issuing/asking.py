"""Asking for many certificates at once: a job that goes through a conference page by page.

It files a job for each and then itself again, further on: a kill loses nothing, and no request
waits for a hundred thousand rows.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import uuid4

from sqlalchemy import Connection

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.issuing import reissuing, speakers
from services.certificates.issuing.choices import Choice, choice_of, choose
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import schedule
from shared.events import Event, Payload
from shared.process.service import Job

PAGE = 500
What = Literal["reissue", "workshops", "speakers", "realisations"]
# Whoever was being issued their day just as more was chosen is seen to once they surely have it.
SETTLED = timedelta(minutes=5)


class AllAsked(Payload):
    """New files of all that count, or what was chosen beside the day for all who have one."""

    type: ClassVar[str] = "certificate.all-asked"
    conference: str | None
    what: What
    batch: str
    after: str = ""
    reason: str = ""
    fast_of: str = ""  # only those of which this template made a fast document


class WorkshopsAsked(Payload):
    """The workshops of somebody whose day is certified already."""

    type: ClassVar[str] = "certificate.workshops-asked"
    certificate_id: str
    batch: str

    @property
    def timer(self) -> str:
        return f"workshops:{self.certificate_id}:{self.batch}"


class RealisationAsked(Payload):
    """The certificat de réalisation, by today's facts, of somebody whose day is certified."""

    type: ClassVar[str] = "certificate.realisation-asked"
    certificate_id: str
    batch: str

    @property
    def timer(self) -> str:
        return f"realisation:{self.certificate_id}:{self.batch}"


class SpeakerAsked(Payload):
    """The certificate of a speaker of a closed day."""

    type: ClassVar[str] = "certificate.speaker-asked"
    speaker_id: str
    batch: str

    @property
    def timer(self) -> str:
        return f"speaker:{self.speaker_id}:{self.batch}"


@retried
def reissue_all(database: Database, conference: str | None, reason: str = "") -> None:
    """New files of all that count, of one conference or of all; done in the background."""
    with database.begin() as connection:
        _ask_for_all(connection, conference, "reissue", reason=reason)


def reissue_fast(connection: Connection, template: str, reason: str) -> None:
    """New files of all that a template made fast; and of those that were being made just now."""
    _ask_for_all(connection, None, "reissue", reason=reason, fast_of=template)
    _ask_for_all(connection, None, "reissue", SETTLED, reason=reason, fast_of=template)


@retried
def choose_and_ask(database: Database, conference: str, choice: Choice) -> None:
    """What is new in the choice is issued for the days that are closed already."""
    with database.begin() as connection:
        before = choice_of(connection, conference)
        choose(connection, conference, choice)
        if choice.workshops and not before.workshops:
            _ask_for_all(connection, conference, "workshops")
            _ask_for_all(connection, conference, "workshops", SETTLED)
        if choice.speakers and not before.speakers:
            _ask_for_all(connection, conference, "speakers")


def ask_for_realisations(connection: Connection, conference: str) -> None:
    """By the facts of now, for the days that are closed already: who has none gets one, who has
    another one gets its successor."""
    _ask_for_all(connection, conference, "realisations")
    _ask_for_all(connection, conference, "realisations", SETTLED)


def ask_next_page(event: Event[AllAsked], job: Job, resources: Resources) -> None:
    asked = event.data
    with resources.database.begin() as connection:
        if asked.what == "speakers":
            for speaker in speakers.of_conference(connection, asked.conference or ""):
                identity = speaker.data.speaker_id
                _ask(connection, SpeakerAsked(speaker_id=identity, batch=asked.batch), identity)
        else:
            page = records.valid(
                connection,
                conference=asked.conference,
                after=asked.after,
                most=PAGE,
                fast_of=asked.fast_of,
            )
            for record in page:
                _ask_for(connection, record, asked)
            if len(page) == PAGE:
                further = asked.model_copy(update={"after": page[-1].id})
                _go_on(connection, further, now())
        job.complete(connection)


def _ask_for_all(
    connection: Connection,
    conference: str | None,
    what: What,
    later: timedelta = timedelta(),
    reason: str = "",
    fast_of: str = "",
) -> None:
    """Begin, at once or so much later; the rest is done in the background."""
    asked = AllAsked(
        conference=conference, what=what, batch=str(uuid4()), reason=reason, fast_of=fast_of
    )
    _go_on(connection, asked, now() + later)


def _ask_for(connection: Connection, record: Record, asked: AllAsked) -> None:
    if asked.what == "reissue":
        reissuing.ask(connection, record, asked.batch, asked.reason)
    elif record.variant == "day":
        kind = WorkshopsAsked if asked.what == "workshops" else RealisationAsked
        _ask(connection, kind(certificate_id=record.id, batch=asked.batch), record.registration_id)


def _ask(
    connection: Connection, data: WorkshopsAsked | RealisationAsked | SpeakerAsked, subject: str
) -> None:
    schedule(connection, data, key=data.timer, at=now(), subject=subject)


def _go_on(connection: Connection, asked: AllAsked, at: datetime) -> None:
    schedule(connection, asked, key=f"all:{asked.batch}:{asked.after}", at=at)
