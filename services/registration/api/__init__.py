"""The JSON API: each module a group of calls, over the use cases beside it."""

from fastapi import FastAPI

from services.registration.api import (
    attendance,
    chairs,
    checkins,
    conferences,
    exports,
    headcounts,
    registrations,
    reminders,
    standing,
)
from services.registration.responses.problems import answer_refusals


def add_api(app: FastAPI) -> None:
    answer_refusals(app)
    for part in (
        conferences,
        registrations,
        checkins,
        chairs,
        attendance,
        headcounts,
        exports,
        reminders,
        standing,
    ):
        app.include_router(part.router)
