"""Who a speaker is, and what is told of a programme without one of them.

A speaker has no registration: they are a name in a programme, the same person for one name at one
conference. Their id is made of both, so that whoever keeps a programme finds them in it.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid5

_NAMES = UUID("0192f4c4-3d2b-7c1e-9a3e-6d0c3f1a7b53")
BETWEEN = "; "  # names in a difference


def speaker_id(conference: str, name: str) -> UUID:
    """Of a name as it is written, whatever blanks are in it."""
    return uuid5(_NAMES, f"{conference}/{' '.join(name.split())}")


def without_speaker(conference: str, erased: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a programme's event, as JSON, without the speaker who has this id."""
    kept = {**said, "sessions": [_session(conference, erased, s) for s in said["sessions"]]}
    if "differences" in said:
        kept["differences"] = differences_without(conference, erased, said["differences"])
    return kept


def differences_without(
    conference: str, erased: str, differences: Collection[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The same of differences alone; what is said of the other speakers stays."""
    return [
        {
            **each,
            "before": names_without(conference, erased, each["before"]),
            "after": names_without(conference, erased, each["after"]),
        }
        if each["what"] == "speakers"
        else dict(each)
        for each in differences
    ]


def names_without(conference: str, erased: str, names: str) -> str:
    """Names in a row."""
    left = [n for n in names.split(BETWEEN) if str(speaker_id(conference, n)) != erased]
    return BETWEEN.join(left)


def _session(conference: str, erased: str, session: Mapping[str, Any]) -> dict[str, Any]:
    speakers = [
        each
        for each in session.get("speakers") or ()
        if str(speaker_id(conference, each["name"])) != erased
    ]
    return {**session, "speakers": speakers}
