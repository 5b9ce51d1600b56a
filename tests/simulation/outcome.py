"""What must be true when all is over: everything that was answered is so, everything arrived, every
job is done, and no constraint had to prevent harm."""

from datetime import UTC, datetime
from typing import Any

from tests.simulation.world import Violation

_SCANS = """
SELECT c.registration_id, coalesce(s.slug, ''), c.direction, c.at
FROM scan c LEFT JOIN session s ON s.id = c.session_id
"""
_TOLD = """
SELECT subject, coalesce(json_extract(envelope, '$.data.session'), ''),
  json_extract(envelope, '$.data.direction'), json_extract(envelope, '$.data.at')
FROM event WHERE type = 'attendance.recorded'
"""


def check_the_end(run: Any) -> None:
    if run.world.failure:
        raise run.world.failure
    _answers(run)
    _arrivals(run)
    _erased(run)
    _scans(run)
    for job in run.inbox_watch.jobs.values():
        if job.state != "done":
            told = f"job: {job.id} ({job.type}) is {job.state} after {job.tries} tries"
            raise Violation(told, job.id, job.key)
    run.consumer.check(run)
    if nets := [net for client in run.cast.clients for net in client.nets]:
        raise Violation(f"net: only a constraint prevented harm: {nets}")


def _answers(run: Any) -> None:
    answers = run.answers
    registered = {row[0] for row in run.log.query("SELECT id FROM registration")}
    for key, told in answers.told.items():
        if len(told) > 1:
            raise Violation(f"answer: {key} was told of {len(told)} registrations", *told)
        if not told <= registered:
            raise Violation(f"answer: what {key} was told of is not there", *told)
    addresses = {row[0] for row in run.log.query("SELECT email FROM registration")}
    for person in answers.refused:
        answered = f"key-{person}" in answers.told
        if not answered and f"z{person}@example.org" in addresses:
            told = f"answer: person {person} was refused and is registered"
            raise Violation(told, f"person {person}")


def _arrivals(run: Any) -> None:
    if run.log.query("SELECT 1 FROM event WHERE position IS NULL"):
        raise Violation("positions: an event has none")
    keys = {job.key for job in run.inbox_watch.jobs.values()}
    lanes = run.consumer.service.lanes
    for identity, kind in run.seats_watch.types.items():
        if kind in lanes and identity not in keys:
            raise Violation(f"inbox: {kind[0]} {identity} never arrived", identity)


def _erased(run: Any) -> None:
    """Nothing in either database tells who they were."""
    gone = {row[0] for row in run.log.query("SELECT id FROM registration WHERE erased_at NOT NULL")}
    if not gone:
        return
    people = {person for person, known in run.answers.registrations.items() if known in gone}
    for store in (run.log, run.inbox):
        tables = store.query("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables:
            said = "\n".join(map(str, store.query(f'SELECT * FROM "{table}"')))  # noqa: S608  our own tables
            for person in people:
                if f"z{person}@" in said or f"z{person}." in said:
                    told = f"erasure: person {person} is still in {table} of {store.name}"
                    raise Violation(told, f"person {person}")


def _scans(run: Any) -> None:
    """What a door was answered is there, and nothing is told of that is not."""
    kept = {
        (about, door, direction, datetime.fromisoformat(at).replace(tzinfo=UTC))
        for about, door, direction, at in run.log.query(_SCANS)
    }
    if missing := run.answers.passed - kept:
        raise Violation("scan: one that was answered is not there", *(each[0] for each in missing))
    told = {
        (about, door, direction, datetime.fromisoformat(at))
        for about, door, direction, at in run.log.query(_TOLD)
    }
    if made_up := told - kept:
        raise Violation("scan: one was told of that was not made", *(each[0] for each in made_up))
    if quiet := {each[0] for each in kept} - {each[0] for each in told}:
        raise Violation("scan: nobody was told that somebody came", *quiet)
