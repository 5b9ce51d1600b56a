"""Registering: oneself and colleagues, on one page."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.base.consents import Consent, words
from services.registration.base.person import Person, full_name, locale_of
from services.registration.base.refusals import AlreadyRegistered, Refusal
from services.registration.desk import Desk
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.attendee import kept_form
from services.registration.pages.attendee.entry_form import MOST_PEOPLE, EntryForm, Part
from services.registration.pages.choosing import WAIT, choices_of
from services.registration.pages.public_day import PublicDay
from services.registration.pages.sentences import perhaps_registered, refusal_words
from services.registration.pages.timetable import options_of
from services.registration.programme.facts import Conference
from services.registration.programme.opening import refuse_unless_open
from services.registration.responses.limiting import count_registrations
from services.registration.seats.answers import Registered
from services.registration.seats.registering import Application, register_colleagues
from shared.base.clock import now
from shared.http.numbers import row_number
from shared.pages import Site
from shared.pages.visit import OnSite, Speaking, typed
from shared.words.language import Language
from shared.words.typography import typeset

router = APIRouter()


@router.get("/c/{slug}/register")
def show_form(
    conference: PublicDay,
    request: Request,
    site: OnSite,
    session: str | None = None,
    people: str = "",
) -> Response:
    """Empty; or with `people`, as it was when one was added or removed."""
    form = kept_form.kept(request) if people else None
    if form is None:
        return _page(site, request, conference, EntryForm.blank(conference, session))
    entry, action = _rearranged(form, conference)
    return _page(site, request, conference, entry, added=action == "add")


@router.post("/c/{slug}/register")
def send_form(
    slug: str,
    conference: PublicDay,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    form: Form,
) -> Response:
    entry, action = _rearranged(form, conference)
    if conference.stage == "cancelled":
        return _page(site, request, conference, entry, status=409)
    if action in ("add", "remove"):
        again = RedirectResponse(f"/c/{slug}/register?people={len(entry.parts)}", 303)
        if kept_form.keep(again, request, form):
            return again
        return _page(site, request, conference, entry, added=action == "add")
    refuse_unless_open(conference, now())
    people = [part.person(language) for part in entry.parts]
    _require_choices(conference, entry, language)
    if not entry.consent or None in people or any(part.errors for part in entry.parts):
        return _page(site, request, conference, entry, tried=True, status=422)
    count_registrations(request, len(people))
    outcomes = register_colleagues(desk, slug, _applications(entry, people))
    registered = [outcome for outcome in outcomes if isinstance(outcome, Registered)]
    if len(registered) == len(outcomes):
        token = desk.links.manage_token(registered[0].id)
        done = RedirectResponse(f"/r/{token}?registered={len(registered)}", 303)
        kept_form.forget(done, request)
        return done
    return _show_refused(site, request, desk, slug, entry, outcomes)


def _rearranged(form: FormData, conference: Conference) -> tuple[EntryForm, str]:
    """As it was typed, with a person more or less where that was pressed; and what was pressed."""
    entry = EntryForm.read(form, conference)
    action, _, number = typed(form, "action").partition(":")
    if action == "add":
        entry.add()
    if action == "remove" and (removed := row_number(number)) is not None:
        entry.remove(removed)
    return entry, action


def _applications(entry: EntryForm, people: list[Person | None]) -> list[Application]:
    known = [person for person in people if person is not None]
    first = full_name(known[0].first_name, known[0].last_name)
    return [
        Application(
            person,
            part.sessions,
            waitlist=part.waits,
            registered_by=first if index else None,
            key=entry.key,
            consent=Consent(person.locale),
        )
        for index, (person, part) in enumerate(zip(known, entry.parts, strict=True))
    ]


def _require_choices(conference: Conference, entry: EntryForm, language: Language) -> None:
    for part in entry.parts:
        for number, choice in enumerate(choices_of(conference, now())):
            missing = not any(session.slug in part.sessions for session in choice.sessions)
            if choice.required and missing:
                words = language.gettext("Please choose a workshop.")
                part.errors[f"workshop-{number}"] = words


def _show_refused(
    site: Site,
    request: Request,
    desk: Desk,
    slug: str,
    entry: EntryForm,
    outcomes: list[Registered | Refusal],
) -> Response:
    """Those who are registered are named; the others stay in the form, each with the reason."""
    conference = desk.programmes.fresh(slug)
    language = site.language(request)
    done: list[Part] = []
    refused: list[Part] = []
    for part, outcome in zip(entry.parts, outcomes, strict=True):
        if isinstance(outcome, Registered):
            done.append(part)
            continue
        if isinstance(outcome, AlreadyRegistered):
            part.errors["email"] = typeset(perhaps_registered(language), language.code)
            part.offers_link = True
        else:
            part.errors["workshop-0"] = refusal_words(outcome, conference, language)
        refused.append(part)
    again = EntryForm(refused, consent=entry.consent)
    return _page(site, request, conference, again, tried=True, status=409, done=done)


def _page(
    site: Site,
    request: Request,
    conference: Conference,
    entry: EntryForm,
    *,
    status: int = 200,
    tried: bool = False,
    added: bool = False,
    done: list[Part] | None = None,
) -> Response:
    return site.page(
        request,
        "attendee/register.html",
        status=status,
        conference=conference,
        state=conference.state(now()),
        entry=entry,
        groups=choices_of(conference, now()),
        options=options_of(conference, now()),
        consent=words(Consent(locale_of(site.language(request).code)), conference.organiser),
        tried=tried,
        added=added,
        done=done or [],
        wait=WAIT,
        most_people=MOST_PEOPLE,
    )
