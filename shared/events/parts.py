"""What events of registration are made of: the day, a programme, a person, seats, a sign-in."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.envelope import Opens, Other, Payload, Personal

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
    required: bool = Field(
        default=False, description="of what people choose at its time, one must be chosen"
    )
    counts: bool = Field(default=False, description="a certificate lists it")

    @property
    def where(self) -> str:
        """Its room, and its own venue and address when it is elsewhere than the day."""
        return ", ".join(filter(None, (self.room, self.venue, self.address)))

    def overlaps(self, other: "Session") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


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
    asks: Literal["attend", "choose"] | None = Field(
        default=None,
        description="what a new session asks of people: all attend it, or nothing had to be "
        "chosen at its time before",
    )


class Person(_Part):
    first_name: Annotated[str, Personal()] = Field(
        description="empty for whoever has a single name"
    )
    last_name: Annotated[str, Personal()]
    email: Annotated[str, Personal()] = Field(
        description="empty for whoever has none: nothing is sent to them"
    )
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


class Place(Payload):
    """A person's place after a change, whole: consumers need no earlier event to act on it."""

    registration_id: str
    code: Annotated[str, Opens()] = Field(description="the registration's code, as in its QR")
    revision: int = Field(
        description="grows with each change of the registration; SEQUENCE of its calendar is this "
        "and `programme_version` together"
    )
    status: Literal["confirmed", "waitlisted", "cancelled"]
    person: Person
    conference: Conference
    seats: tuple[Seat, ...]
    manage_url: Annotated[str, Personal(), Opens()]
    registered_by: Annotated[str | None, Other()] = Field(
        default=None, description="name of the colleague who registered this person"
    )
    programme_version: int = Field(
        default=0, description="of the programme that this place was written with"
    )
    confirm_by: AwareDatetime | None = Field(
        default=None,
        description="until when the place is kept for an address that nobody has confirmed; none: "
        "for good",
    )


class Programme(Payload):
    """A conference as it is now, whole: no earlier event is needed to act on it."""

    conference: Conference
    sessions: tuple[Session, ...]
    programme_version: int = Field(description="grows with everything an organiser changes")


class SignIn(Payload):
    """A link that signs somebody in who organises, or helps. The log keeps no key: whoever sends
    the link adds a pass to its path, made with the service token, good until `expires_at`."""

    private: ClassVar[bool] = True
    email: Annotated[str, Personal()]
    locale: Locale
    path: Annotated[str, Personal(), Opens()] = Field(
        description="of the link, without its pass; it works once"
    )
    expires_at: AwareDatetime
