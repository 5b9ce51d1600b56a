"""The inbox: one job per event, in the consuming service's own database.

           schedule moves a timer
              ╭──╮
receive ──► waiting ──dispatch──► queued ──claim──► running ──► done ─────────╮
            ▲ ▲  ▲                  │ hint lost        │ fails, or its lease  │
            │ │  ╰──────────────────┴──────────────────┤ ends                 │
            │ │                                        ╰──► dead ──► dropped  │
            │ ╰───────── force, replay: from its first try ── ┴────────┴──────╯
            ╰─ unpark ── parked ◄── park: waiting, queued, or running by its handler

put_off gives a running job back to waiting until a moment, as if it had not been tried.
redact leaves a job where it is, in any state, without the person that it was about.

`next_at` is when a waiting job is due, when a queued job's hint is taken for lost, and when a
running job's lease ends. `tries`, counted at the claim, and that end are the fencing token: whoever
holds an older one can no longer write. `failing_since` is when the first of these tries failed.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    update,
)

from shared.base.clock import now
from shared.base.database import INSERTS
from shared.bus import erasure, redaction
from shared.bus.jobs import FLOWS as FLOWS
from shared.bus.jobs import JOBS as JOBS
from shared.bus.jobs import NEVER as NEVER
from shared.bus.jobs import FlowRow as FlowRow
from shared.bus.jobs import JobRow as JobRow
from shared.bus.versions import Envelope, fact_of, handled_in_older, newest_of_each
from shared.events import Kind, Payload, new_event
from shared.events.contracts import has_personal_data, kind_of, without_person

Lane = Literal["main", "bulk"]
LANES: tuple[Lane, ...] = ("main", "bulk")

ENDED = ("done", "dead", "dropped")

TIMER = "timer"  # source of the events a service sets for itself

# On whose behalf an event (a parsed envelope) of a kind is acted on. See `shared.bus.turns`.
Flows = Mapping[Kind, Callable[[Mapping[str, Any]], str | None]]
NO_FLOWS: Flows = {}


def receive(
    connection: Connection,
    source: str,
    events: Sequence[Envelope],
    lanes: Mapping[Kind, Lane],
    flows: Flows = NO_FLOWS,
) -> None:
    """File a job for each fact that these events (parsed envelopes) tell in a type and version of
    `lanes`; in the newest of them, and in its flow if any.

    A fact that is already there is left as it is, but for a newer version of one that nobody has
    begun. Subjects that an event erases are redacted, and stay so, whether it is in `lanes` or not.
    """
    redaction.erase(connection, events)
    wanted = newest_of_each(events, lanes)
    subjects = {event["subject"] for event in wanted if event.get("subject")}
    erased = erasure.erased_among(connection, subjects)
    wanted = [without_person(e) if e.get("subject") in erased else e for e in wanted]
    moment = now()
    jobs = [_filed(source, event, lanes, flows, moment) for event in wanted]
    if jobs:
        _open_flows(connection, jobs)
        connection.execute(_FILE[connection.dialect.name], jobs)
    if newer := [
        {"fact_key": job["key"], "of_source": source, "new_version": job["version"]}
        | {"new_position": job["position"], "new_envelope": job["envelope"]}
        | {"new_flow": job["flow"]}
        for job, event in zip(jobs, wanted, strict=True)
        if handled_in_older(event, lanes)
    ]:
        connection.execute(_RENEW, newer)


def force(connection: Connection, job_ids: Collection[int]) -> int:
    """Do jobs that have ended once more, effects on people included; returns how many. One that is
    open is left alone."""
    return sum(
        connection.execute(_FORCE, {"of_job": job_id, "moment": now()}).rowcount
        for job_id in job_ids
    )


def schedule(
    connection: Connection,
    data: Payload,
    *,
    key: str,
    at: datetime,
    lane: Lane = "bulk",
    subject: str | None = None,
    flow: str | None = None,
) -> None:
    """Have this service's own handler of `data` run at a time; the same key again moves it.

    `flow` is on whose behalf, where others of the lane shall not wait for it (`shared.bus.turns`).
    A timer that has already gone off stays as it is.
    """
    moment = now()
    event = new_event(TIMER, data, subject=subject, id=uuid4())
    envelope = event.model_dump_json()
    if subject and has_personal_data(type(data)) and erasure.erased_among(connection, [subject]):
        envelope = _dumped(without_person(event.model_dump(mode="json")))
    job = _job(
        key=f"{TIMER}:{key}",
        source=TIMER,
        position=None,
        type=data.type,
        version=data.version,
        subject=subject,
        lane=lane,
        flow=flow,
        envelope=envelope,
        next_at=at,
        created_at=moment,
    )
    _open_flows(connection, [job])
    connection.execute(_SCHEDULE[connection.dialect.name], job)


def unschedule(connection: Connection, *, key: str) -> None:
    """Take back a timer that has not gone off."""
    connection.execute(_UNSCHEDULE, {"timer": f"{TIMER}:{key}"})


def _open_flows(connection: Connection, jobs: Sequence[Mapping[str, Any]]) -> None:
    flows = sorted({(job["lane"], job["flow"]) for job in jobs if job["flow"] is not None})
    if flows:
        rows = [{"lane": lane, "name": name, "served_at": NEVER} for lane, name in flows]
        connection.execute(_OPEN[connection.dialect.name], rows)


def _filed(
    source: str,
    event: Envelope,
    lanes: Mapping[Kind, Lane],
    flows: Flows,
    moment: datetime,
) -> dict[str, Any]:
    kind = kind_of(event)
    return _job(
        key=fact_of(event),
        source=source,
        position=event["position"],
        type=kind[0],
        version=kind[1],
        subject=event.get("subject"),
        lane=lanes[kind],
        flow=flows[kind](event) if kind in flows else None,
        envelope=_dumped(event),
        next_at=moment,
        created_at=moment,
    )


def _dumped(event: Envelope) -> str:
    return json.dumps(event, ensure_ascii=False)


def _job(**columns: Any) -> dict[str, Any]:
    return {"state": "waiting", "tries": 0, "forced": False, **columns}


def _move_if_waiting(insert: Any) -> Any:
    statement = insert(JOBS)
    return statement.on_conflict_do_update(
        index_elements=[JOBS.c.key],
        set_={name: statement.excluded[name] for name in ("next_at", "envelope", "flow")},
        where=JOBS.c.state == "waiting",
    )


_FILE = {name: insert(JOBS).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_OPEN = {name: insert(FLOWS).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_SCHEDULE = {name: _move_if_waiting(insert) for name, insert in INSERTS.items()}
_RENEW = (
    update(JOBS)
    .where(
        JOBS.c.key == bindparam("fact_key"),
        JOBS.c.source == bindparam("of_source"),
        JOBS.c.version < bindparam("new_version"),
        JOBS.c.tries == 0,  # not begun
    )
    .values(
        version=bindparam("new_version"),
        position=bindparam("new_position"),
        envelope=bindparam("new_envelope"),
        flow=bindparam("new_flow"),
    )
)
_FORCE = (
    update(JOBS)
    .where(JOBS.c.id == bindparam("of_job"), JOBS.c.state.in_(ENDED))
    .values(
        state="waiting",
        tries=0,
        step=None,
        forced=True,
        next_at=bindparam("moment"),
        failing_since=None,
        error=None,
    )
)
_UNSCHEDULE = delete(JOBS).where(JOBS.c.key == bindparam("timer"), JOBS.c.state == "waiting")
