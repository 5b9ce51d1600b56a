"""Conferences in each state, with people in them: what the paths of the tables lead to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from services.registration.base.person import PersonChange
from services.registration.day.closing import close_day
from services.registration.day.writing import Wish, write_presence
from services.registration.desk import Desk
from services.registration.editing.public_page import set_picture
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import Actor
from services.registration.lists.reading import read_table
from services.registration.pages.organiser.carried_list import CarriedList
from services.registration.pages.organiser.roster_steps import Columns, Preview
from services.registration.people.bulk import draft_for
from services.registration.people.correcting import Correction, correct
from services.registration.people.roster import NO_ANSWERS
from services.registration.people.table import Filter
from services.registration.pictures.reading import Drawn
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from shared.base.clock import now
from shared.base.keys import Keys
from tests.registration.days import IN_THREE_WEEKS, morning_zone, programme_text, someone

ANN = Actor("organiser", "ann@example.org")
BEGUN = now()
MORNING = morning_zone(BEGUN)  # of today, whose doors are open at whatever hour this runs
TODAY = BEGUN.astimezone(ZoneInfo(MORNING)).date()
PEOPLED = {
    "day": IN_THREE_WEEKS,
    "today": TODAY,
    "past": TODAY - timedelta(days=3),
    "closed": TODAY,  # once `end` has closed it
    "ended": IN_THREE_WEEKS,  # until `end` has ended it
}
GUARDED = ("day", "today")  # those whose doors' keys are good
# Whoever has a role "here" has it for all of these, and for no other.
HERE = (*PEOPLED, "plan", "empty")  # a draft, and one that could be a draft again
ELSEWHERE = "elsewhere"

Values = dict[str, str]


@dataclass(frozen=True)
class Links:
    """Into registrations of one day: two people's, and one that a corrected address has ended; and
    whose that one was."""

    own: str
    anothers: str
    replaced: str
    replaced_id: str


def open_days(desk: Desk) -> dict[str, tuple[Values, Links]]:
    """What stands in the paths of each conference with people, and its links."""
    for slug in ("plan", "empty"):
        _save(desk, slug, IN_THREE_WEEKS, draft=slug == "plan")
    peopled = {**PEOPLED, ELSEWHERE: IN_THREE_WEEKS}
    return {
        slug: _open(desk, slug, on, number) for number, (slug, on) in enumerate(peopled.items())
    }


def _open(desk: Desk, slug: str, on: date, number: int) -> tuple[Values, Links]:
    _save(desk, slug, IN_THREE_WEEKS)
    own, another, readdressed, gone = (
        register(desk, slug, someone(10 * number + each, workshop))
        for each, workshop in enumerate("aabb")
    )
    cancel(desk, gone.id, ANN)
    replaced = desk.links.manage_token(readdressed.id)
    correct(desk, readdressed.id, Correction(PersonChange(email=f"{slug}@example.org")), ANN)
    _save(desk, slug, on, city="Bagnolet")
    picture = Drawn("image", "0" * 32, {1440: b"a picture"})
    set_picture(desk, slug, "image", picture, ANN)
    starts_at, ends_at = _hours(desk, slug)
    if on < TODAY:
        write_presence(desk, own.id, Wish("a", (starts_at, ends_at), "the paper sheet", ANN))
    conference = desk.programmes.fresh(slug)
    values = {
        "slug": slug,
        "registration_id": own.id,
        "cancelled_id": gone.id,
        "code": own.code,
        "calendar_token": desk.links.calendar_token(own.id),
        "picture": f"{picture.name}-1440.webp",
        "email": f"z{10 * number}@example.org",
        "version": str(conference.version),
        "from": starts_at.isoformat(),
        "to": ends_at.isoformat(),
        "now": now().isoformat(),
        "batch_id": draft_for(desk, conference, Filter(), "cancel", {}, requested_by="ann") or "",
    }
    links = Links(
        desk.links.manage_token(own.id),
        desk.links.manage_token(another.id),
        replaced,
        readdressed.id,
    )
    return values, links


def a_list(desk: Desk, slug: str, keys: Keys) -> Values:
    """A list of people on its way through a browser, and what the browser was shown of it."""
    table = read_table(b"last_name,first_name,email,sessions\nKing,Ada,ada@example.org,a\n")
    columns = Columns.read(desk.database, desk.programmes.fresh(slug), table, FormData())
    preview = Preview.read(desk.database, columns, NO_ANSWERS)
    return {"list": CarriedList.new(table).signed(keys, slug), "outcome": preview.outcome}


def _hours(desk: Desk, slug: str) -> tuple[datetime, datetime]:
    session = desk.programmes.fresh(slug).by_slug["a"]
    return session.starts_at, session.ends_at


def end(desk: Desk, own: str) -> None:
    """What is to have ended is over and closed: whoever came in before finds it so."""
    _save(desk, "ended", TODAY - timedelta(days=5), city="Bagnolet")
    write_presence(desk, own, Wish("a", _hours(desk, "ended"), "the paper sheet", ANN))
    for slug in ("ended", "closed"):
        close_day(desk, slug, ANN)


def written(slug: str, city: str = "Montreuil") -> str:
    """A programme as a file."""
    text = (
        programme_text(4, 4)
        .replace("Europe/Paris", MORNING)
        .replace("slug: day", f"slug: {slug}")
        .replace("Montreuil", city)
    )
    return text.replace("title: Workshop b", "speakers: [{name: Ada King}], title: Workshop b")


def _save(desk: Desk, slug: str, on: date, *, city: str = "Montreuil", draft: bool = False) -> None:
    text = written(slug, city)
    save_programme(desk, parse_programme(text, on=on), Saving(ANN, draft=draft))
