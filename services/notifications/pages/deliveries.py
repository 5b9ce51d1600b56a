"""What was sent to whom and what became of it; one, or all that failed, sent again."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal, get_args
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from services.notifications.delivery import resend
from services.notifications.delivery import table as delivery_table
from services.notifications.delivery.table import Outcome, Wanted
from services.notifications.pages.here import At, Form
from services.notifications.writing.letters import ABOUT_A_DAY
from shared.http.numbers import RowNumber
from shared.pages.visit import Here, InDatabase, OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/emails")


@router.get("")
def show_deliveries(
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: At,
    q: Annotated[str, Query(max_length=100)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    outcome: Literal["", "sent", "underway", "held", "failed", "ambiguous", "skipped"] = "",
    message: int | None = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    again: int | None = None,
) -> Response:
    wanted = Wanted(q.strip(), kind, outcome, message, page)
    with database.read() as connection:
        counts = delivery_table.counts(connection, at.slug)
        table = delivery_table.read_table(connection, at.slug, wanted)
        line = delivery_table.line(connection)
        newest = delivery_table.last_sent(connection, at.slug)
    return site.page(
        request,
        "deliveries.html",
        **at.words,
        wanted=wanted,
        kinds=ABOUT_A_DAY,
        outcomes=get_args(Outcome),
        counts={known: counts[known] for known in ABOUT_A_DAY if known in counts},
        table=table,
        line=line,
        newest=newest,
        again=again,
    )


@router.get("/people/{registration_id}")
def show_letters(
    registration_id: str,
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: At,
    again: int | None = None,
) -> Response:
    with database.read() as connection:
        letters = delivery_table.letters_of(connection, at.slug, registration_id)
    if not letters:
        return site.error(request, 404)
    return site.page(request, "person.html", **at.words, letters=letters, again=again)


@router.post("/deliveries/{number}/again")
def send_again(
    number: RowNumber,
    database: InDatabase,
    at: At,
    form: Form,
) -> Response:
    person, moment = typed(form, "person"), _moment(typed(form, "settled"))
    done = resend.send_again(database, at.slug, number, moment)
    page = f"/people/{quote(person, safe='')}" if person else ""
    return _back(at, page, int(done))


@router.post("/failed/again")
def send_failed_again(database: InDatabase, at: At) -> Response:
    count = resend.send_failed_again(database, at.slug)
    return _back(at, "", count)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None


def _back(at: Here, page: str, count: int) -> Response:
    return RedirectResponse(f"{at.address}{page}?again={count}", 303)
