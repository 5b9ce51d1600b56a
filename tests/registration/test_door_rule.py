"""The door's rule answers every case of the table, and the table every line of the rule."""

import sys
from types import CodeType, FrameType
from typing import Any, get_args

import pytest

from services.registration.day import verdict
from services.registration.day.presence import Scan
from services.registration.day.verdict import Attempt, Holder, Kind, Verdict, judge
from services.registration.pages.door.scanning import MOODS
from services.registration.programme.facts import Session
from services.registration.seats.records import CODE_GROUP, CODE_LENGTH
from shared.words.codes import parse_code
from tests.registration.door_cases import CASES, TABLE, before, holder, kinds, moment

SESSIONS = {
    said["slug"]: Session(
        number,
        said["slug"],
        said["kind"],
        said["slug"],
        moment(said["from"]),
        moment(said["to"]),
        capacity=1 if said.get("chosen") else None,
    )
    for number, said in enumerate(TABLE["sessions"], start=1)
}
HOURS = (moment(TABLE["hours"][0]), moment(TABLE["hours"][1]))


def answer(case: dict[str, Any]) -> Verdict:
    door = SESSIONS.get(case["door"])
    code = parse_code(case.get("scanned", TABLE["badge"]), CODE_LENGTH, CODE_GROUP)
    attempt = Attempt(
        code, door, case.get("direction", "in"), moment(case["at"]), case.get("let_in", False)
    )
    known = holder(case)
    return judge(
        attempt,
        HOURS,
        Holder(
            known["status"],
            [SESSIONS[slug] for slug in known["held"]],
            [SESSIONS[slug] for slug in known["awaited"]],
            known["ranks"],
            moment(known["freed"][case["door"]]) if case["door"] in known["freed"] else None,
        )
        if code == TABLE["badge"]
        else None,
        [Scan(door.id if door else None, direction, at) for direction, at in before(case)],
    )


def told(said: Verdict) -> dict[str, Any]:
    return {
        "kind": said.kind,
        "workshops": [session.slug for session in said.workshops],
        "since": said.since,
        "expected": said.expected,
        "rank": said.rank,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_server_says(case: dict[str, Any]) -> None:
    wanted = {"workshops": [], "since": None, "expected": None, "rank": None, **case["verdict"]}
    if wanted["since"]:
        wanted["since"] = moment(wanted["since"])
    assert told(answer(case)) == wanted


def test_every_answer_is_in_the_table() -> None:
    # That the day is closed only the server knows, and says before it asks the rule.
    assert kinds() == {*get_args(Kind), "unlisted"} - {"day-closed"}
    assert set(MOODS) == set(get_args(Kind))


def test_every_line_of_the_rule_has_a_case() -> None:
    ran: set[int] = set()

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != verdict.__file__:
            return None
        if event == "line":
            ran.add(frame.f_lineno)
        return trace

    watching = sys.gettrace()
    sys.settrace(trace)
    try:
        for case in CASES:
            answer(case)
    finally:
        sys.settrace(watching)
    assert _lines(judge.__code__) - ran == set()
    for rule in (verdict._has_a_place, verdict._already_since, verdict._doubt, verdict._target):  # noqa: SLF001  parts of the rule
        assert _lines(rule.__code__) - ran == set()


def _lines(code: CodeType) -> set[int]:
    """The lines of a function, without that of its `def`."""
    return {line for _, _, line in code.co_lines() if line is not None} - {code.co_firstlineno}
