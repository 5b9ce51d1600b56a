"""What becomes of a day: published, taken back, deleted, cancelled, copied; and people are told of
what changed. What cannot be undone asks first."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.registration.base.refusals import Invalid, Refusal
from services.registration.editing.copying import copy_day
from services.registration.editing.notice import give_notice
from services.registration.editing.speakers import erase_speaker, speakers_of
from services.registration.editing.stages import (
    cancel_day,
    count_told,
    delete_draft,
    publish,
    unpublish,
)
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.organiser.looking import LONGEST_NOTE, say
from services.registration.pages.organiser.programme_form import slug_of
from services.registration.pages.signed_in import Organiser, SignedIn
from services.registration.programme.faults import InvalidProgramme
from shared.pages.visit import typed

router = APIRouter(prefix="/organiser/{slug}")


@router.post("/publish")
def publish_day(slug: str, desk: AtDesk, who: Organiser) -> Response:
    publish(desk, slug, who.actor)
    return RedirectResponse(f"/organiser/{slug}?saved=true", 303)


@router.post("/unpublish")
def take_back_day(slug: str, desk: AtDesk, who: Organiser) -> Response:
    unpublish(desk, slug, who.actor)
    return RedirectResponse(f"/organiser/{slug}?saved=true", 303)


@router.post("/notice")
def tell_people(slug: str, desk: AtDesk, who: Organiser, form: Form) -> Response:
    """Everybody concerned, of all that they have not been told of; pressed twice, once."""
    people = give_notice(desk, slug, who.actor, typed(form, "note").strip()[:LONGEST_NOTE])
    return RedirectResponse(f"/organiser/{slug}?told={people}", 303)


@router.get("/delete")
def ask_delete(slug: str, visit: Visiting, who: Organiser) -> Response:
    return _ask("organiser/delete.html", slug, visit, who)


@router.post("/delete")
def delete_day(slug: str, desk: AtDesk, who: Organiser) -> Response:
    delete_draft(desk, slug, who.actor)
    return RedirectResponse("/organiser", 303)


@router.get("/cancel")
def ask_cancel(slug: str, visit: Visiting, who: Organiser) -> Response:
    return _ask("organiser/cancel-day.html", slug, visit, who)


@router.post("/cancel")
def cancel(slug: str, visit: Visiting, who: Organiser, form: Form) -> Response:
    """The day does not take place."""
    reason = typed(form, "reason")
    try:
        people = cancel_day(visit.desk, slug, reason, who.actor)
    except Invalid as invalid:
        words = say(visit.language, invalid.faults[0].message, {})
        errors = {"reason": words}
        return _ask(
            "organiser/cancel-day.html", slug, visit, who, errors=errors, written={"reason": reason}
        )
    return RedirectResponse(f"/organiser/{slug}?told={people}", 303)


@router.get("/copy")
def ask_copy(slug: str, visit: Visiting, who: Organiser) -> Response:
    return _ask("organiser/copy.html", slug, visit, who)


@router.post("/copy")
def copy(slug: str, visit: Visiting, who: Organiser, form: Form) -> Response:
    """A draft of the same day on another date."""
    written = {name: typed(form, name).strip() for name in ("date", "slug")}
    errors: dict[str, str] = {}
    try:
        to = date.fromisoformat(written["date"])
        address = written["slug"] or slug_of(f"{slug.removesuffix(f'-{to.year}')} {to.year}")
        made = copy_day(visit.desk, slug, address, to, who.actor)
    except ValueError:
        errors["date"] = visit.language.gettext("Please give a date.")
    except InvalidProgramme as invalid:
        fault = invalid.faults[0]
        name = "slug" if fault.field == "slug" else "date"
        errors[name] = say(visit.language, fault.rule, fault.parameters)
    except Refusal as refusal:
        errors["slug"] = say(visit.language, refusal.message, refusal.parameters)
    else:
        return RedirectResponse(f"/organiser/{made.slug}?saved=true", 303)
    return _ask("organiser/copy.html", slug, visit, who, errors=errors, written=written)


@router.get("/speakers")
def ask_forget_speaker(slug: str, visit: Visiting, who: Organiser) -> Response:
    return _ask("organiser/forget-speaker.html", slug, visit, who)


@router.post("/speakers")
def forget_speaker(slug: str, desk: AtDesk, who: Organiser, form: Form) -> Response:
    """Their name goes everywhere."""
    erase_speaker(desk, slug, typed(form, "name"), who.actor)
    return RedirectResponse(f"/organiser/{slug}?saved=true", 303)


def _ask(
    template: str,
    slug: str,
    visit: Visit,
    who: SignedIn,
    *,
    errors: Mapping[str, str] | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    """`written` is what was typed, by field, and `errors` what is wrong with it."""
    conference = visit.desk.programmes.fresh(slug)
    with visit.desk.database.read() as connection:
        people = count_told(connection, conference.id)
    return visit.page(
        template,
        status=422 if errors else 200,
        who=who,
        conference=conference,
        people=people,
        speakers=speakers_of(conference),
        written={"date": "", "slug": "", "reason": ""} | dict(written or {}),
        errors=errors or {},
    )
