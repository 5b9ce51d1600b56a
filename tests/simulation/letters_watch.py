"""What people read: of the day as it was known, nothing once they were erased, and in the end of
what the organiser has told."""

import json
from collections import defaultdict
from typing import Any, NamedTuple

from tests.simulation.world import Violation

_TOLD = """
SELECT max(json_extract(envelope, '$.data.programme_version')) FROM event
WHERE type = 'conference.cancelled'
  OR (type = 'conference.changed' AND json_extract(envelope, '$.data.tell') = 1)
"""
_NOT_SURE = """
SELECT DISTINCT registration_id FROM delivery
WHERE state = 'ambiguous' OR (state = 'skipped' AND reason = 'too-late')
"""


class Known(NamedTuple):
    """When an email began to be sent: the programme's version, and who was erased."""

    version: int
    erased: frozenset[str]


class LettersWatch:
    def __init__(self, run: Any) -> None:
        self._run = run
        self._versions: dict[str, int] = defaultdict(int)  # that a registration has read of
        self._notices: dict[tuple[str, int], bytes] = {}

    def look(self) -> Known:
        inbox = self._run.inbox
        (version,) = inbox.query("SELECT coalesce(max(version), 0) FROM known_conference")[0]
        erased = inbox.query("SELECT registration_id FROM known_place WHERE erased_at NOT NULL")
        return Known(version, frozenset(row[0] for row in erased))

    def judge(self, message: bytes, known: Known) -> None:
        said = json.loads(message.partition(b"\r\n\r\n")[2])
        about, version = said["registration"], said.get("version")
        if about in known.erased:
            self._run.world.fail(Violation("letter: somebody is written to who was erased", about))
        if version is None:
            return
        if version < known.version:
            told = f"letter: of version {version}, when {known.version} was known"
            self._run.world.fail(Violation(told, about))
        if said["kind"] == "notice":
            self._count_notice(about, version, message.partition(b"\r\n")[0])
        self._versions[about] = max(self._versions[about], version)

    def _count_notice(self, about: str, version: int, identity: bytes) -> None:
        """Of one version there is one, which may be sent again with force."""
        known = self._notices.setdefault((about, version), identity)
        if known != identity:
            told = f"notice: somebody is told twice of version {version}"
            self._run.world.fail(Violation(told, about))

    def check(self) -> None:
        """Whoever still comes has read of the last that was told."""
        log, inbox = self._run.log, self._run.inbox
        (told,) = log.query(_TOLD)[0]
        not_sure = {row[0] for row in inbox.query(_NOT_SURE)}
        living = "SELECT id FROM registration WHERE status <> 'cancelled' AND erased_at IS NULL"
        for (registration,) in log.query(living):
            read = self._versions[registration]
            if told and read < told and registration not in not_sure:
                raise Violation(
                    f"notice: told version {told}, and somebody has read of {read}", registration
                )
