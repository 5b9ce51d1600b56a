"""What the calls take and give."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.registration.base.links import Links
from services.registration.base.moments import Moment
from services.registration.base.person import Detail, Email, FirstName, Locale, Name, Person, clean
from services.registration.day.presence import Attended, Direction
from services.registration.pictures.sizes import picture_path
from services.registration.programme.facts import UNLIMITED, Conference, Session
from services.registration.seats.answers import Registered
from services.registration.seats.records import Record, Seat

Slug = Annotated[str, Field(min_length=1, max_length=80)]
Slugs = Annotated[tuple[Slug, ...], Field(max_length=50)]


_WAITING_FOR = (
    "sessions beside those in `sessions`, to be waited for where they are full; what `sessions` "
    "names at the same time is held until a place comes free, and left where there is one already"
)


class _Body(BaseModel):
    """What is not understood is refused: a misspelt field would be a wish that nobody heard."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewPerson(_Body):
    """One person and their choice. `locale` is the conference's own when it is not given.

    A colleague's may be the whole body of a registration: consent and waiting are the group's.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    first_name: FirstName = Field(description="empty for whoever has a single name")
    last_name: Name
    email: Email
    organisation: Detail = None
    job_title: Detail = None
    locale: Locale | None = None
    sessions: Slugs = ()
    waiting_for: Slugs = Field((), description=_WAITING_FOR)

    def person(self, language: str) -> Person:
        given = self.model_dump(include=_OF_PERSON)
        # Validated when the body was read; a second time would cost as much as the first.
        return Person.model_construct(**{**given, "locale": self.locale or language})


_OF_PERSON = {"first_name", "last_name", "email", "organisation", "job_title"}


class NewRegistration(NewPerson):
    model_config = ConfigDict(extra="forbid", frozen=True)

    waitlist: bool = Field(
        False,
        description="wait for what is full, instead of a 409. Then `sessions` may name two at the "
        "same time of which exactly one is full: the other is held until a place comes free in it",
    )
    consent: Literal[True] = Field(description="to keeping these data for the conference")


class Colleagues(_Body):
    """Several persons, registered by one of their colleagues."""

    registered_by: Name
    people: Annotated[tuple[NewPerson, ...], Field(min_length=1, max_length=50)]
    waitlist: bool = False
    consent: Literal[True]


class RegistrationChange(_Body):
    """What is absent stays; `sessions`, when given, is the whole new choice."""

    first_name: FirstName | None = None
    last_name: Name | None = None
    email: Email | None = None
    organisation: Detail = None
    job_title: Detail = None
    locale: Locale | None = None
    sessions: Slugs | None = None
    waitlist: bool = Field(
        False,
        description="wait for what is full, instead of a 409; what is held at the same time is "
        "kept until a place comes free, whether it is named or not",
    )
    waiting_for: Slugs = Field((), description=f"{_WAITING_FOR}. Only with `sessions`")
    answers: dict[str, Any] = Field({}, description="to the questions of the day, if it asks any")
    reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(
        None, description="an organiser's, for the history"
    )


class CheckIn(_Body):
    code: Annotated[str, Field(min_length=1, max_length=40), BeforeValidator(clean)]
    session: Slug | None = Field(None, description="absent at the door of the day")
    direction: Direction = "in"
    at: Moment | None = Field(None, description="when it happened, if not now")


class Capacity(_Body):
    capacity: Annotated[int, Field(ge=0, lt=UNLIMITED)] | None = Field(
        description="0 closes the session, null takes its limit away"
    )


class Notice(_Body):
    note: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="the organiser's own words, above what changed"
    )


class Reason(_Body):
    reason: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="why; people read it"
    )


class Presence(_Body):
    from_: Moment = Field(alias="from", description="when the person was first there")
    to: Moment = Field(description="when the person was last there")
    reason: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="how this is known: it stands in the history"
    )


def conference_summary(conference: Conference, status: str) -> dict[str, Any]:
    return {
        "slug": conference.slug,
        "title": conference.title,
        "starts_at": conference.starts_at.isoformat(),
        "ends_at": conference.ends_at.isoformat(),
        "timezone": conference.timezone,
        "venue": conference.venue,
        "city": conference.city,
        "status": status,
        **({"reason": conference.cancel_reason} if conference.stage == "cancelled" else {}),
    }


def conference_whole(conference: Conference, status: str) -> dict[str, Any]:
    return {
        **conference_summary(conference, status),
        "organiser": conference.organiser,
        "contact_email": conference.contact_email,
        "language": conference.language,
        "address": conference.address,
        "description": conference.description,
        "access": conference.access,
        "colour": conference.colour or None,
        "image": picture_path(conference, conference.image, "image"),
        "logo": picture_path(conference, conference.logo, "logo"),
        "registration_opens_at": _iso(conference.opens_at),
        "registration_closes_at": _iso(conference.closes_at or conference.ends_at),
        "speakers": [
            {
                "name": each.name,
                "title": each.title,
                "biography": each.biography,
                "portrait": picture_path(conference, each.portrait, "portrait"),
            }
            for each in conference.speakers
        ],
        "sessions": [session_whole(session) for session in conference.sessions],
    }


def session_whole(session: Session) -> dict[str, Any]:
    return {
        "id": session.slug,
        "kind": session.kind,
        "title": session.title,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "room": session.room,
        "venue": session.venue,
        "address": session.address,
        "description": session.description,
        "speakers": [{"name": s.name, "title": s.title} for s in session.speakers],
        "capacity": session.capacity,
        "taken": session.taken if session.is_chosen else None,
        "waiting": session.waiting if session.is_chosen else None,
    }


def registered(answer: Registered, links: Links) -> dict[str, Any]:
    return {
        "id": answer.id,
        "code": answer.code,
        "status": answer.status,
        "seats": [seat(each) for each in answer.seats],
        "manage_url": links.manage_url(answer.id),
    }


def registration_whole(
    record: Record,
    conference: Conference,
    seats: tuple[Seat, ...],
    links: Links,
    *,
    with_link: bool = True,
) -> dict[str, Any]:
    """Without the link for whoever must find it where it was sent."""
    link = links.manage_url(record.id, record.link_generation)
    return {
        "id": record.id,
        "code": record.code,
        "status": record.status,
        "revision": record.revision,
        "conference": conference.slug,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "email": record.email,
        "organisation": record.organisation,
        "job_title": record.job_title,
        "locale": record.locale,
        "registered_by": record.registered_by,
        "created_at": record.created_at.isoformat(),
        "confirm_by": record.to_confirm_by.isoformat() if record.to_confirm_by else None,
        "seats": [
            {
                **seat(each),
                "title": each.session.title,
                "room": each.session.room,
                "starts_at": each.session.starts_at.isoformat(),
                "ends_at": each.session.ends_at.isoformat(),
            }
            for each in seats
        ],
        **({"manage_url": link} if with_link else {}),
    }


def seat(each: Seat) -> dict[str, Any]:
    waiting = {"rank": each.rank} if each.state == "waiting" else {}
    return {"session": each.session.slug, "state": each.state, **waiting}


def attended(record: Record, each: Attended) -> dict[str, Any]:
    """A row of the attendance register. `actor` is empty where it was not kept."""
    actor = {"kind": each.actor.kind, "name": each.actor.name} if each.actor else None
    return {
        "registration": record.id,
        "code": record.code,
        "last_name": record.last_name,
        "first_name": record.first_name,
        "session": each.session.slug,
        "title": each.session.title,
        "in": each.starts_at.isoformat(),
        "out": each.ends_at.isoformat(),
        "minutes": each.minutes,
        "source": each.source,
        "actor": actor,
        **({"reason": each.reason} if each.reason else {}),
    }


def act(found: dict[str, Any]) -> dict[str, Any]:
    """One line of the history."""
    reason = {"reason": found["reason"]} if found["reason"] else {}
    about = {"registration": found["registration"]} if found["registration"] else {}
    return {
        "id": found["id"],
        "at": found["at"].isoformat(),
        "actor": found["actor"],
        "what": found["what"],
        **about,
        "before": found["before"],
        "after": found["after"],
        **reason,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
