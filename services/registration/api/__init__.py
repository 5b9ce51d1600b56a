"""The JSON API: each module a group of calls, over the use cases beside it."""

from fastapi import FastAPI

from services.registration.api import (
    checkins,
    conferences,
    exports,
    headcounts,
    problems,
    registrations,
    reminders,
)


def add_api(app: FastAPI) -> None:
    problems.answer_refusals(app)
    for part in (conferences, registrations, checkins, headcounts, exports, reminders):
        app.include_router(part.router)
