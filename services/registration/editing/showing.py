"""What only the public page shows, and how it differs between two programmes. Nobody is told of it,
and no other service knows: shared.events.differences has what they do."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.registration.programme.facts import Conference
from shared.events.speakers import BETWEEN

PROFILES = "profiles"  # names of speakers of whom something else is told


@dataclass(frozen=True)
class ShownDifference:
    """As a Difference of the events, of the day itself."""

    what: str
    before: str
    after: str
    title: str = ""


def shown_differences(before: Conference, after: Conference) -> list[ShownDifference]:
    return [
        ShownDifference(what, was, now_is)
        for what, was, now_is in _both(before, after)
        if was != now_is
    ]


def _both(before: Conference, after: Conference) -> Iterator[tuple[str, str, str]]:
    yield "access", before.access, after.access
    yield "colour", before.colour, after.colour
    yield "image", before.image, after.image
    yield "logo", before.logo, after.logo
    was, now_is = (
        {(each.name, each.biography, each.portrait) for each in day.speakers}
        for day in (before, after)
    )
    yield PROFILES, _names(was - now_is), _names(now_is - was)


def _names(profiles: set[tuple[str, str, str]]) -> str:
    """Of those of whom anything is told."""
    told = {name for name, biography, portrait in profiles if biography or portrait}
    return BETWEEN.join(sorted(told))
