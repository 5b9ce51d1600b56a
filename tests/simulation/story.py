"""What happened in a run that failed, told to a person: of all that was noted only what it is
about."""

from collections.abc import Iterable

from tests.simulation.run import Run
from tests.simulation.world import Violation

LINES = 30


def story(run: Run, violation: Violation) -> str:
    """At most LINES lines, the last of them what is wrong."""
    about = _with_what_belongs_to(run, violation.about)
    lines = [
        f"{moment:8.1f} s  {who:<24} {what}"
        for moment, who, what, of in run.world.story
        if "fault" in of or not about or of & about
    ]
    left_out = len(lines) - (LINES - 2)
    if left_out > 0:
        lines = [f"          … {left_out} lines before", *lines[left_out:]]
    return "\n".join([*lines, f"→ {violation}"])


def _with_what_belongs_to(run: Run, about: Iterable[str]) -> set[str]:
    """A job's event, an event's job and registration, a registration's person."""
    known = set(about)
    for job in run.inbox_watch.jobs.values():
        if known & {str(job.id), job.key}:
            known |= {str(job.id), job.key}
    for person, registration in run.answers.registrations.items():
        if known & {registration, f"person {person}"}:
            known |= {registration, f"person {person}"}
    return known
