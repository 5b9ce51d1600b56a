"""What a door says, case by case: the table that the server and a device both answer."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from services.registration.day.presence import Direction

TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("door-cases.json").read_text())
CASES: list[dict[str, Any]] = TABLE["cases"]


def moment(time: str) -> datetime:
    """A time of the day, or of another one that is named."""
    written = time if "T" in time else f"{TABLE['day']}T{time}"
    return datetime.fromisoformat(f"{written}:00{TABLE['offset']}")


def holder(case: dict[str, Any]) -> dict[str, Any]:
    """Whose badge TABLE["badge"] is: status, held, awaited and ranks, and freed when."""
    return {"held": [], "awaited": [], "ranks": {}, "freed": {}, **TABLE["people"][case["who"]]}


def before(case: dict[str, Any]) -> list[tuple[Direction, datetime]]:
    """What the door has scanned of the badge: which way, and when."""
    scans = (scan.split() for scan in case.get("before", ()))
    return [("in" if direction == "in" else "out", moment(at)) for direction, at in scans]


def kinds() -> set[str]:
    """Every answer that the table has from somebody."""
    answers = ("verdict", "by_list", "without_list")
    return {case[answer]["kind"] for case in CASES for answer in answers if answer in case}
