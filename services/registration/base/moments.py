"""Moments that people name: calendars end, and what lies far from today has no other time zone."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

YEARS = range(1970, 2201)


def _near(moment: AwareDatetime) -> AwareDatetime:
    if moment.year not in YEARS:
        raise PydanticCustomError(
            "far_away",
            "must be between {first} and {last}",
            {"first": YEARS[0], "last": YEARS[-1]},
        )
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_near)]
