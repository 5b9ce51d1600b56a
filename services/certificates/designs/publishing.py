"""Publishing a design from a page: a job, because it is tried on many people first.

The row of the conference's publication says how far it is; a second one waits for no turn, it is
refused while the first is under way. Nothing is in force before all of it was tried.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import ColumnElement, Connection, select, update

from services.certificates.base.tables import Publication
from services.certificates.designs.publication import publish_template, tell_of
from shared.base.clock import monotonic, now
from shared.base.database import Database, upsert
from shared.base.errors import EmargeError
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog
from shared.bus.inbox import schedule
from shared.events import Event, Payload
from shared.process.service import Job

if TYPE_CHECKING:
    from services.certificates.engine import Problem, Template

# Below a worker's own limit, compiling included, which takes about as long again.
PATIENCE = 10.0  # seconds for all the people it is tried on
MOST_TRIES = 2  # by a worker that was stopped, or stopped it, before it had an answer
# After so long somebody may ask anew, whatever became of the job.
FORGOTTEN_AFTER = timedelta(minutes=10)

Told = tuple[str, str, int | None]  # part, message, line of a problem


class UnderWay(EmargeError):
    """Another design of this conference is being published."""


class PublicationAsked(Payload):
    """An organiser wants a design in force."""

    type: ClassVar[str] = "certificate.publication-asked"
    conference: str
    asked_at: datetime


@dataclass(frozen=True)
class Progress:
    """How far the last publication of a conference is; `tried` people of those it is tried on."""

    state: str
    tried: int
    number: int | None
    problems: list[Told]


@retried
def ask(database: Database, conference: str, content: bytes, by: str) -> None:
    """Have a design (as JSON) put in force for a conference. Raises UnderWay."""
    moment = now()
    values = {
        "state": "asked",
        "content": content,
        "asked_at": moment,
        "asked_by": by,
        "tried": 0,
        "number": None,
        "problems": "[]",
    }
    with database.begin() as connection:
        asked = connection.execute(
            upsert(connection, Publication)
            .values(conference=conference, **values)
            .on_conflict_do_update(
                index_elements=["conference"],
                set_=values,
                where=(Publication.state != "asked")
                | (Publication.asked_at < moment - FORGOTTEN_AFTER),
            )
            # An INSERT's row count is not known with every driver.
            .returning(Publication.conference)
        ).first()
        if asked is None:
            raise UnderWay(conference)
        wanted = PublicationAsked(conference=conference, asked_at=moment)
        key = f"publication:{conference}:{moment.isoformat()}"
        schedule(connection, wanted, key=key, at=moment, lane="main")


def progress(connection: Connection, conference: str) -> Progress | None:
    row = connection.execute(
        select(
            Publication.state, Publication.tried, Publication.number, Publication.problems
        ).where(Publication.conference == conference)
    ).first()
    if row is None:
        return None
    return Progress(row.state, row.tried, row.number, [tuple(each) for each in json.loads(row[3])])


def publish_asked(
    event: Event[PublicationAsked], job: Job, database: Database, log: EventLog, *, stock: bool
) -> None:
    """Try it, then put it in force or say why not; `stock`: without the engine."""
    from services.certificates.engine import EngineError, Problem, Template, TemplateRefused
    from services.certificates.stock.documents import try_stock

    asked = event.data
    with database.read() as connection:
        row = connection.execute(
            select(Publication.content, Publication.asked_by).where(*_asked(asked))
        ).first()
    if row is None or row.content is None:
        _end(database, job)  # somebody has asked anew, or it was done
        return
    if job.tries > MOST_TRIES:
        taken = f"trying it was stopped {MOST_TRIES} times: it takes too long or too much memory"
        _refuse(database, job, asked, [Problem("html", taken)])
        return
    template = Template.model_validate_json(row.content)
    try:
        if stock:
            try_stock(template)
        else:
            _try(database, job, asked, template)
    except TemplateRefused as error:
        _refuse(database, job, asked, error.problems)
    except EngineError as error:
        _refuse(database, job, asked, [Problem("html", str(error))])
    else:
        with database.begin() as connection:
            if _is_wanted(connection, asked):
                number = publish_template(
                    connection, row.content, asked.conference, template.digest, row.asked_by
                )
                _settle(connection, asked, state="published", number=number)
                tell_of(connection, log, asked.conference, number, "organiser", row.asked_by)
            job.complete(connection)


def _try(database: Database, job: Job, asked: PublicationAsked, template: "Template") -> None:
    """On an invented person of each kind; then compile it. Raises EngineError."""
    from services.certificates.designs.templating import Templates
    from services.certificates.engine import (
        LayoutFailed,
        Limits,
        Press,
        TemplateRefused,
        sample_values,
    )

    ends = monotonic() + PATIENCE
    problems: list[Problem] = []
    with Press(Limits(seconds=PATIENCE)) as press:
        for number, values in enumerate(sample_values(), start=1):
            problems += press.remarks(template, (values,))
            if monotonic() > ends:
                raise LayoutFailed(f"it takes too long: {PATIENCE:g} s for {number} people")
            with database.begin(durable=False) as connection:
                job.hold(connection)
                _write(connection, asked, tried=number)
        if problems:
            raise TemplateRefused(list(dict.fromkeys(problems)))
        Templates(database, press).compile_proved(template)


def _refuse(
    database: Database, job: Job, asked: PublicationAsked, problems: Sequence["Problem"]
) -> None:
    told = [(problem.part, problem.message, problem.line) for problem in problems]
    with database.begin() as connection:
        _settle(connection, asked, state="refused", problems=json.dumps(told))
        job.complete(connection)


def _end(database: Database, job: Job) -> None:
    with database.begin() as connection:
        job.complete(connection)


def _settle(connection: Connection, asked: PublicationAsked, **values: object) -> None:
    _write(connection, asked, content=None, **values)


def _write(connection: Connection, asked: PublicationAsked, **values: object) -> None:
    connection.execute(update(Publication).where(*_asked(asked)).values(values))


def _is_wanted(connection: Connection, asked: PublicationAsked) -> bool:
    """Whether it still is, once it was tried: its conference may be gone. It stays so until the end
    of the transaction."""
    row = select(Publication.conference).where(*_asked(asked)).with_for_update()
    return connection.execute(row).first() is not None


def _asked(asked: PublicationAsked) -> tuple[ColumnElement[bool], ...]:
    return (
        Publication.conference == asked.conference,
        Publication.state == "asked",
        Publication.asked_at == asked.asked_at,
    )
