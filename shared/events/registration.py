"""What registration says: a person's place, their presence, and the end of their data."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.envelope import Payload, Personal

Locale = Literal["fr", "en"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Conference(_Part):
    """The day, as much of it as an email or a certificate shows."""

    slug: str
    title: str
    organiser: str
    venue: str
    address: str = ""
    city: str
    timezone: str = Field(description="IANA name; every time of the day is shown in it")
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    url: str = Field(description="public page of the programme")
    contact_email: str


class Speaker(_Part):
    name: str
    title: str = ""


class Session(_Part):
    """A session of the programme, as its public page has it."""

    session: str = Field(description="its id within its conference")
    title: str
    kind: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    room: str | None = None
    venue: str | None = Field(default=None, description="its own, when it is not the day's")
    address: str | None = None
    description: str = ""
    speakers: tuple[Speaker, ...] = ()
    chosen: bool = Field(description="people choose it; otherwise everybody is expected")
    capacity: int | None = Field(default=None, description="of a chosen one; none is no limit")

    @property
    def where(self) -> str:
        """Its room, and its own venue and address when it is elsewhere than the day."""
        return ", ".join(filter(None, (self.room, self.venue, self.address)))


class Difference(_Part):
    """One thing that differs between two states of a programme."""

    what: Literal[
        "title",
        "date",
        "timezone",
        "venue",
        "address",
        "city",
        "time",
        "room",
        "new",
        "gone",
        "capacity",
        "description",
        "speakers",
        "organiser",
        "contact",
    ]
    session: str | None = Field(default=None, description="its id; none for the day itself")
    title: str = Field(default="", description="of the session, as it is called now")
    before: str = ""
    after: str = Field(
        default="", description="as written; a time is two moments with a slash between (ISO 8601)"
    )


class Person(_Part):
    first_name: Annotated[str, Personal()] = Field(
        description="empty for whoever has a single name"
    )
    last_name: Annotated[str, Personal()]
    email: Annotated[str, Personal()]
    organisation: Annotated[str | None, Personal()] = None
    locale: Locale = "fr"

    @property
    def name(self) -> str:
        """As it is read; whoever has a single name has no first one."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def called(self) -> str:
        """In a greeting."""
        return self.first_name or self.last_name


class Seat(_Part):
    """One chosen session, held or waited for."""

    session: str = Field(description="the session's id within its conference")
    title: str
    kind: str
    room: str | None = None
    venue: str | None = Field(default=None, description="its own, when it is not the day's")
    address: str | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    state: Literal["held", "waiting"]
    rank: int | None = Field(
        default=None, description="place in the waitlist when the event was written, from 1"
    )

    @property
    def where(self) -> str:
        """Its room, and its own venue and address when it is elsewhere than the day."""
        return ", ".join(filter(None, (self.room, self.venue, self.address)))


class Place(Payload):
    """A person's place after a change, whole: consumers need no earlier event to act on it."""

    registration_id: str
    code: str = Field(description="the registration's code, as in its QR")
    revision: int = Field(
        description="grows with each change of the registration; SEQUENCE of its calendar is this "
        "and `programme_version` together"
    )
    status: Literal["confirmed", "waitlisted", "cancelled"]
    person: Person
    conference: Conference
    seats: tuple[Seat, ...]
    manage_url: Annotated[str, Personal()]
    registered_by: Annotated[str | None, Personal()] = Field(
        default=None, description="name of the colleague who registered this person"
    )
    programme_version: int = Field(
        default=0, description="of the programme that this place was written with"
    )


class Programme(Payload):
    """A conference as it is now, whole: no earlier event is needed to act on it."""

    conference: Conference
    sessions: tuple[Session, ...]
    programme_version: int = Field(description="grows with everything an organiser changes")


class ConferencePublished(Programme):
    """From now on the day has a public page."""

    type: ClassVar[str] = "conference.published"


class ConferenceChanged(Programme):
    """The programme was saved anew, or people are told of what changed before."""

    type: ClassVar[str] = "conference.changed"
    differences: tuple[Difference, ...] = Field(
        description="to the version before; with `tell`, to what people were last told"
    )
    tell: bool = Field(description="whoever is concerned is to be told now, once")
    note: str = Field(default="", description="the organiser's own words to them")


class ConferenceCancelled(Programme):
    """The day does not take place. Everybody who is confirmed or waiting is told, once."""

    type: ClassVar[str] = "conference.cancelled"
    reason: str


class RegistrationConfirmed(Place):
    """The person has a place."""

    type: ClassVar[str] = "registration.confirmed"


class RegistrationWaitlisted(Place):
    """The person has no place yet: a workshop they chose is full."""

    type: ClassVar[str] = "registration.waitlisted"


class RegistrationPromoted(Place):
    """A waiting seat was granted."""

    type: ClassVar[str] = "registration.promoted"
    granted: tuple[str, ...] = Field(description="ids of the sessions granted")
    released: tuple[str, ...] = Field(
        default=(), description="ids of the sessions given back in exchange"
    )


Tell = Literal["change", "everything", "link", "nothing"]


class RegistrationChanged(Place):
    """The person, or the organiser, changed the choice of sessions or the details."""

    type: ClassVar[str] = "registration.changed"
    tell: Tell = Field(
        default="change",
        description="what the person is to read: what changed; everything, or the link alone, "
        "because the address was corrected and nothing was ever sent to this one; or nothing",
    )


class RegistrationAddressCorrected(Payload):
    """The person has another address now, which a `registration.changed` of the same moment has.
    The one that was left is told once that it hears no more."""

    type: ClassVar[str] = "registration.address-corrected"
    registration_id: str
    person: Person = Field(description="as they were written to before")
    conference: Conference


class RegistrationCancelled(Place):
    """The person gave the place back."""

    type: ClassVar[str] = "registration.cancelled"


class RegistrationLinkRequested(Place):
    """Somebody who gave this person's address has lost the link: it is sent to that address."""

    type: ClassVar[str] = "registration.link-requested"


class RemindersDeclined(Payload):
    """The person wants no more reminders of this conference."""

    type: ClassVar[str] = "registration.reminders-declined"
    registration_id: str


class SignIn(Payload):
    """A link that signs somebody in who organises, or helps. The log keeps no key: whoever sends
    the link adds a pass to its path, made with the service token, good until `expires_at`."""

    email: Annotated[str, Personal()]
    locale: Locale
    path: Annotated[str, Personal()] = Field(
        description="of the link, without its pass; it works once"
    )
    expires_at: AwareDatetime


class OrganiserLinkRequested(SignIn):
    """Somebody with a role wants to sign in: the link is sent to their address."""

    type: ClassVar[str] = "organiser.link-requested"


class OrganiserInvited(SignIn):
    """Somebody has been given a role: for this conference, or for every one."""

    type: ClassVar[str] = "organiser.invited"
    role: Literal["organiser", "staff", "viewer"]
    conference: Conference | None = None
    invited_by: Annotated[str, Personal()] = Field(
        description="how the organiser who did so is known"
    )


class AttendanceRecorded(Payload):
    """A check-in or check-out at the door of the day (`session` absent) or of a session."""

    type: ClassVar[str] = "attendance.recorded"
    registration_id: str
    conference: str = Field(description="slug")
    session: str | None = None
    direction: Literal["in", "out"]
    at: AwareDatetime


class AttendedSession(_Part):
    session: str
    title: str
    kind: str
    starts_at: AwareDatetime = Field(
        description="when the person was first there, within the session's times"
    )
    ends_at: AwareDatetime = Field(
        description="when the person was last there, within the session's times"
    )
    minutes: int


class AttendanceCertified(Payload):
    """The closed day's record of one person who was present."""

    type: ClassVar[str] = "attendance.certified"
    registration_id: str
    version: ClassVar[int] = 1
    attendance_version: int = Field(
        description="grows when the attendance is corrected after the close"
    )
    person: Person
    conference: Conference
    sessions: tuple[AttendedSession, ...]
    minutes: int = Field(description="total; sessions that overlap count once")
    manage_url: Annotated[str, Personal()]


class SpeakerCertified(Payload):
    """The closed day's record of what one speaker of the programme gave."""

    type: ClassVar[str] = "speaker.certified"
    speaker_id: str = Field(description="the same for one name at one conference")
    person: Person = Field(description="the name as the programme has it, and no address")
    conference: Conference
    sessions: tuple[AttendedSession, ...]
    minutes: int = Field(description="total; sessions that overlap count once")


class AttendeeErased(Payload):
    """The person asked to be forgotten: consumers redact all they hold about the registration."""

    type: ClassVar[str] = "attendee.erased"
    erases: ClassVar[bool] = True
    registration_id: str
    erased_at: AwareDatetime
