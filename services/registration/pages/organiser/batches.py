"""A batch: what would happen, then how far it is, then what became of it."""

from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import Connection

from services.registration.base.person import full_name
from services.registration.batches.batch import (
    Item,
    batches_of,
    discard_draft,
    read_batch,
    read_items,
    start_batch,
)
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.organiser.list_words import reason_in_words
from services.registration.pages.signed_in import Organiser
from services.registration.seats.records import read_records
from shared.pages.visit import OnSite
from shared.words.language import Language

router = APIRouter(prefix="/organiser/{slug}/batches")

SHOWN = 200


@dataclass(frozen=True)
class Line:
    """One item as a page shows it."""

    number: int
    name: str
    email: str
    registration_id: str | None
    reasons: list[str]


@router.get("")
def list_batches(
    slug: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser
) -> Response:
    conference = desk.programmes.known(slug)
    with desk.database.read() as connection:
        batches = batches_of(connection, conference)
    return site.page(
        request, "organiser/batches.html", who=who, conference=conference, batches=batches
    )


@router.get("/{batch_id}")
def show_batch(
    slug: str, batch_id: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser
) -> Response:
    conference = desk.programmes.fresh(slug)
    language = site.language(request)
    with desk.database.read() as connection:
        batch = read_batch(connection, conference, batch_id)
        refused = _named(
            connection, read_items(connection, batch.id, "refused", most=SHOWN), language
        )
        draft = batch.state == "draft"
        ahead = read_items(connection, batch.id, None, most=SHOWN) if draft else []
        people = _named(connection, ahead, language)
    return site.page(
        request,
        "organiser/batch.html",
        who=who,
        conference=conference,
        batch=batch,
        people=people,
        refused=refused,
        target=conference.by_slug.get(str(batch.options.get("session"))),
        shown=SHOWN,
    )


@router.get("/{batch_id}/progress")
def tell_progress(slug: str, batch_id: str, desk: AtDesk, _who: Organiser) -> JSONResponse:
    conference = desk.programmes.known(slug)
    with desk.database.read() as connection:
        batch = read_batch(connection, conference, batch_id)
    progress = {"state": batch.state, "total": batch.total, "done": batch.total - batch.left}
    return JSONResponse(progress, headers={"Cache-Control": "no-store"})


@router.post("/{batch_id}/start")
def start(slug: str, batch_id: str, desk: AtDesk, who: Organiser) -> Response:
    """The worker does it from now on, whether anyone looks or not."""
    conference = desk.programmes.known(slug)
    start_batch(desk, conference, batch_id, who.actor)
    return RedirectResponse(f"/organiser/{slug}/batches/{batch_id}", 303)


@router.post("/{batch_id}/discard")
def discard(slug: str, batch_id: str, desk: AtDesk, _who: Organiser) -> Response:
    """Forget a draft."""
    conference = desk.programmes.known(slug)
    discard_draft(desk, conference, batch_id)
    return RedirectResponse(f"/organiser/{slug}/registrations", 303)


def _named(connection: Connection, items: list[Item], language: Language) -> list[Line]:
    """The items with the names of whom they are about, and why they were refused."""
    ids = [item.registration_id for item in items if item.registration_id]
    known = read_records(connection, ids)
    lines = []
    for item in items:
        record = known.get(item.registration_id or "")
        person = asdict(record) if record else (item.given or {}).get("person", {})
        name = full_name(person.get("first_name", ""), person.get("last_name", ""))
        reasons = [reason_in_words(reason, language) for reason in item.reasons]
        lines.append(
            Line(item.number, name, person.get("email", ""), item.registration_id, reasons)
        )
    return lines
