"""Registering: oneself and colleagues, on one page. Whatever is pressed is answered by a redirect,
to the form or to what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.base.consents import Consent, words
from services.registration.base.person import Person, full_name, locale_of
from services.registration.base.refusals import AlreadyRegistered, Refusal
from services.registration.pages.at_desk import Form, Visit, Visiting
from services.registration.pages.attendee import kept_form, lost_link
from services.registration.pages.attendee.entry_checks import mark_mistakes, people_of
from services.registration.pages.attendee.entry_form import MOST_PEOPLE, EntryForm, Part
from services.registration.pages.attendee.own_place import OwnPlace, read_own_place
from services.registration.pages.choosing import WAIT, choices_of
from services.registration.pages.public_day import PublicDay
from services.registration.pages.timetable import options_of
from services.registration.programme.facts import Conference
from services.registration.programme.opening import refuse_unless_open
from services.registration.responses.limiting import count_registrations
from services.registration.seats.answers import Registered
from services.registration.seats.registering import Application, register_colleagues
from shared.base.clock import now

router = APIRouter()

People = Annotated[tuple[str, ...], Query()]


@dataclass(frozen=True)
class Entrance:
    """One visit to the form; `asker` registers colleagues from their own page."""

    visit: Visit
    conference: Conference
    asker: OwnPlace | None = None

    @property
    def here(self) -> str:
        if self.asker is not None:
            return f"/r/{self.asker.token}/colleagues"
        return f"/c/{self.conference.slug}/register"


@router.get("/c/{slug}/register")
def show_form(
    visit: Visiting, conference: PublicDay, session: str | None = None, person: People = ()
) -> Response:
    """Empty; or for the people with these keys, as it was when something was pressed on it."""
    return show(Entrance(visit, conference), person, session)


@router.post("/c/{slug}/register")
def send_form(visit: Visiting, conference: PublicDay, form: Form) -> Response:
    return send(Entrance(visit, conference), EntryForm.read(form, conference))


@router.get("/r/{token}/colleagues")
def show_form_for_colleagues(token: str, visit: Visiting, person: People = ()) -> Response:
    """The same for colleagues, by whoever the link is of."""
    own = read_own_place(visit.desk, token)
    if own.record.status == "cancelled":
        return RedirectResponse(f"/c/{own.conference.slug}/register", 303)
    return show(_by(visit, own), person)


@router.post("/r/{token}/colleagues")
def send_form_for_colleagues(token: str, visit: Visiting, form: Form) -> Response:
    entrance = _by(visit, read_own_place(visit.desk, token))
    return send(entrance, EntryForm.read(form, entrance.conference))


def _by(visit: Visit, own: OwnPlace) -> Entrance:
    """With the places as they are now."""
    return Entrance(visit, visit.desk.programmes.fresh(own.conference.slug), own)


def show(entrance: Entrance, people: Sequence[str], session: str | None = None) -> Response:
    """The form for the people named by their keys: as it was when something was pressed on it, as
    far as that is kept."""
    kept = kept_form.kept(entrance.visit.request) if people else None
    if kept is not None:
        entry = EntryForm.read(kept, entrance.conference)
        if [part.key for part in entry.parts] == list(people):
            return _page(entrance, entry, kept=True)
    entry = EntryForm.blank(entrance.conference, people, session)
    if entrance.asker is not None:
        entry.parts[0].values["organisation"] = entrance.asker.record.organisation or ""
    return _page(entrance, entry)


def send(entrance: Entrance, entry: EntryForm) -> Response:
    visit, conference = entrance.visit, entrance.conference
    if conference.stage == "cancelled":
        return _page(entrance, entry, status=409)
    action, _, key = entry.pressed.partition(":")
    if action == "add":
        asker = entrance.asker
        entry.add((asker and asker.record.organisation) or "")
        return _again(entrance, entry)
    if action == "remove":
        entry.remove(key)
        return _again(entrance, entry)
    if action == "link" and (part := entry.part(key)) is not None and part.known:
        lost_link.send_to(visit.request, visit.desk, conference.slug, part.values["email"])
        part.link_sent = True
        return _again(entrance, entry)
    return _register(entrance, replace(entry, pressed="register"))


def _register(entrance: Entrance, entry: EntryForm) -> Response:
    visit, slug = entrance.visit, entrance.conference.slug
    refuse_unless_open(entrance.conference, now())
    for part in entry.parts:  # only an answer of today tells
        part.known = part.link_sent = False
    people = people_of(entry, entrance.conference, visit.language)
    if people is None:
        return _again(entrance, entry, status=422)
    count_registrations(visit.request, len(people))
    applications = _applications(entrance, entry, people)
    outcomes = register_colleagues(visit.group_commit.register, slug, applications)
    registered = [outcome for outcome in outcomes if isinstance(outcome, Registered)]
    if len(registered) < len(outcomes):
        left = _refused(entry, outcomes)
        if left.done and isinstance(outcomes[0], Registered) and not entry.done:
            left.first = visit.desk.links.manage_token(outcomes[0].id)
        return _again(entrance, left, status=409)
    done = RedirectResponse(_where_to(entrance, entry, registered), 303)
    kept_form.forget(done, visit.request, visit.request.url.path)
    return done


def _applications(
    entrance: Entrance, entry: EntryForm, people: Sequence[Person]
) -> list[Application]:
    asker = entrance.asker.record.name if entrance.asker else None
    if asker is None and entry.first and entry.done:
        asker = entry.done[0]
    first = full_name(people[0].first_name, people[0].last_name)
    return [
        Application(
            person,
            part.sessions,
            registered_by=asker or (first if index else None),
            key=entry.key,
            consent=Consent(person.locale),
            waiting_for=part.waiting_for,
        )
        for index, (person, part) in enumerate(zip(people, entry.parts, strict=True))
    ]


def _refused(entry: EntryForm, outcomes: Sequence[Registered | Refusal]) -> EntryForm:
    """Those who are registered are named; the others stay in the form, each with the reason."""
    done: list[str] = []
    refused: list[Part] = []
    for part, outcome in zip(entry.parts, outcomes, strict=True):
        if isinstance(outcome, Registered):
            done.append(part.name)
        else:
            part.known = isinstance(outcome, AlreadyRegistered)
            refused.append(part)
    return replace(
        entry, parts=refused, key=EntryForm([]).key, done=[*entry.done, *done], pressed="register"
    )


def _where_to(entrance: Entrance, entry: EntryForm, registered: Sequence[Registered]) -> str:
    """One's own page; or whoever the form was first about."""
    count = len(registered) + len(entry.done)
    if entrance.asker is not None:
        return f"/r/{entrance.asker.token}?colleagues={count}"
    links = entrance.visit.desk.links
    first = entry.first if links.read_token(entry.first) else links.manage_token(registered[0].id)
    return f"/r/{first}?registered={count}"


def _again(entrance: Entrance, entry: EntryForm, *, status: int = 200) -> Response:
    """The form, by a redirect; where a browser has no room to keep it, at once."""
    query = urlencode([("person", part.key) for part in entry.parts])
    again = RedirectResponse(f"{entrance.here}?{query}", 303)
    if kept_form.keep(again, entrance.visit.request, FormData(entry.pairs)):
        return again
    return _page(entrance, entry, status=status)


def _page(
    entrance: Entrance, entry: EntryForm, *, status: int = 200, kept: bool = False
) -> Response:
    conference, visit = entrance.conference, entrance.visit
    pressed = entry.pressed.partition(":")[0]
    tried = pressed in ("register", "link")
    if tried:
        mark_mistakes(entry, conference, visit.language)
    return visit.page(
        "attendee/register.html",
        status=status,
        conference=conference,
        state=conference.state(now()),
        entry=entry,
        here=entrance.here,
        asker=entrance.asker and entrance.asker.record,
        groups=choices_of(conference, now()),
        options=options_of(conference, now()),
        consent=words(Consent(locale_of(visit.language.code)), conference.organiser),
        tried=tried and (not entry.consent or any(part.errors for part in entry.parts)),
        pressed=pressed,
        kept=kept,
        typed_here=visit.request.method == "POST",
        wait=WAIT,
        most_people=MOST_PEOPLE,
    )
