"""What must be true when all is over: everything that was answered is so, everything arrived, every
job is done, and no constraint had to prevent harm."""

from typing import Any

from tests.simulation.world import Violation


def check_the_end(run: Any) -> None:
    if run.world.failure:
        raise run.world.failure
    _answers(run)
    _arrivals(run)
    _erased(run)
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
