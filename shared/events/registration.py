"""What registration says: a person's place, their presence, and the end of their data."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.events.envelope import Opens, Other, Payload, Personal
from shared.events.parts import AttendedSession as AttendedSession
from shared.events.parts import Conference as Conference
from shared.events.parts import Difference as Difference
from shared.events.parts import Locale as Locale
from shared.events.parts import Person as Person
from shared.events.parts import Place as Place
from shared.events.parts import Programme as Programme
from shared.events.parts import Seat as Seat
from shared.events.parts import Session as Session
from shared.events.parts import SignIn as SignIn
from shared.events.parts import Speaker as Speaker


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


# The types of events that have a whole programme.
PROGRAMMES = (ConferencePublished.type, ConferenceChanged.type, ConferenceCancelled.type)


class ConferenceCopied(Payload):
    """A draft was made of another day: whoever keeps something of that day's organiser (texts, a
    design) has it for this one too, as it is now. Nothing about the draft is public."""

    type: ClassVar[str] = "conference.copied"
    conference: str = Field(description="slug of the draft")
    copied_from: str = Field(description="slug of the day it was made of")


class ConferenceDeleted(Payload):
    """A draft is gone: what other services keep for it goes too."""

    type: ClassVar[str] = "conference.deleted"
    conference: str = Field(description="slug; another day may be called so later")


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
    """The choice of sessions or the details changed, a waitlist ended as its session began, or a
    door freed the seat of somebody absent, or seated who stood there."""

    type: ClassVar[str] = "registration.changed"
    tell: Tell = Field(
        default="change",
        description="what the person is to read: what changed; everything, or the link alone, "
        "because the address was corrected and nothing was ever sent to this one; or nothing",
    )
    lapsed: tuple[str, ...] = Field(
        default=(), description="ids of the sessions whose waitlist ended as they began"
    )
    freed: tuple[str, ...] = Field(
        default=(), description="ids of the sessions whose seat a door freed, as nobody came"
    )
    let_in: tuple[str, ...] = Field(
        default=(), description="ids of the sessions in which a door seated the person, who came in"
    )


class RegistrationAddressCorrected(Payload):
    """The person has another address now, which a `registration.changed` of the same moment has.
    The one that was left is told once that it hears no more."""

    type: ClassVar[str] = "registration.address-corrected"
    registration_id: str
    person: Person = Field(description="as they were written to before")
    person_now: Person | None = Field(default=None, description="as they are written to since")
    manage_url: Annotated[str | None, Personal(), Opens()] = Field(
        default=None, description="of their registration, since"
    )
    conference: Conference


class RegistrationAddressConfirmed(Payload):
    """Somebody opened a link that only an email to this address has brought."""

    type: ClassVar[str] = "registration.address-confirmed"
    registration_id: str
    conference: str | None = Field(default=None, description="slug; older events have none")
    email: Annotated[str, Personal()]


class RegistrationCancelled(Place):
    """The person gave the place back, or nobody confirmed their address in time."""

    type: ClassVar[str] = "registration.cancelled"
    why: Literal["given-back", "not-confirmed"] = "given-back"


class RegistrationLinkRequested(Place):
    """Somebody who gave this person's address has lost the link: it is sent to that address."""

    type: ClassVar[str] = "registration.link-requested"


class RemindersDeclined(Payload):
    """The person wants no more reminders of this conference."""

    type: ClassVar[str] = "registration.reminders-declined"
    registration_id: str
    conference: str | None = Field(default=None, description="slug; older events have none")


class OrganiserLinkRequested(SignIn):
    """Somebody with a role wants to sign in: the link is sent to their address."""

    type: ClassVar[str] = "organiser.link-requested"


class OrganiserInvited(SignIn):
    """Somebody has been given a role: for this conference, or for every one."""

    type: ClassVar[str] = "organiser.invited"
    role: Literal["organiser", "staff", "viewer"]
    conference: Conference | None = None
    invited_by: Annotated[str, Other()] = Field(description="how the organiser who did so is known")


class AccessEnded(Payload):
    """A sign-in was ended, a role or token taken back, or a role became another one: what was given
    to the holder before that moment opens nothing any more, in any service."""

    type: ClassVar[str] = "access.ended"
    private: ClassVar[bool] = True
    ends_access: ClassVar[bool] = True
    kind: Literal["session", "role", "token"]
    holder: str = Field(
        description="what visitors are known by: `session:ID`, `organiser:NUMBER` of a role, "
        "`token:NUMBER`"
    )
    conference: str | None = Field(default=None, description="slug; none: for every conference")
    ended_at: AwareDatetime


class RetentionEnding(Payload):
    """Soon the people of a day are erased: their time is over. One of its organisers is told."""

    type: ClassVar[str] = "conference.retention-ending"
    email: Annotated[str, Personal()]
    conference: Conference
    locale: Locale
    people: int = Field(description="whose data will go")
    erased_on: date
    url: str = Field(description="the organiser's page of the day")


class AttendanceRecorded(Payload):
    """A check-in or check-out at the door of the day (`session` absent) or of a session."""

    type: ClassVar[str] = "attendance.recorded"
    registration_id: str
    conference: str = Field(description="slug")
    session: str | None = None
    direction: Literal["in", "out"]
    at: AwareDatetime
    source: Literal["scan", "hand"] = Field(
        default="scan", description="a door's scan, or known otherwise: written down, or signed for"
    )
    came_at: AwareDatetime | None = Field(
        default=None, description="when the person was first seen, as is known with this"
    )


class AttendanceWithdrawn(Payload):
    """What was known of somebody's presence at a session no longer holds: an organiser wrote that
    they were not there, or took back what was written, or a door undid that it had let them in."""

    type: ClassVar[str] = "attendance.withdrawn"
    registration_id: str
    conference: str = Field(description="slug")
    session: str
    came_at: AwareDatetime | None = Field(
        default=None, description="when the person was first seen, as is known now; none: never"
    )


class AttendanceCertified(Payload):
    """The closed day's record of one person who was present; without sessions, of one who turned
    out not to have been, or for too short a time: what was certified before no longer holds."""

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
    manage_url: Annotated[str, Personal(), Opens()]


class SpeakerCertified(Payload):
    """The closed day's record of what one speaker of the programme gave."""

    type: ClassVar[str] = "speaker.certified"
    speaker_id: str = Field(description="the same for one name at one conference")
    person: Person = Field(description="the name as the programme has it, and no address")
    conference: Conference
    sessions: tuple[AttendedSession, ...]
    minutes: int = Field(description="total; sessions that overlap count once")


class SpeakerErased(Payload):
    """A speaker of a day asked to be forgotten: consumers take the name out of every programme that
    they keep, and redact what they hold about the speaker."""

    type: ClassVar[str] = "speaker.erased"
    erases: ClassVar[bool] = True
    conference: str = Field(description="slug")
    speaker_id: str = Field(description="as in `speaker.certified`")
    erased_at: AwareDatetime


class AttendeeErased(Payload):
    """The person asked to be forgotten: consumers redact all they hold about the registration."""

    type: ClassVar[str] = "attendee.erased"
    erases: ClassVar[bool] = True
    registration_id: str
    conference: str | None = Field(default=None, description="slug; older events have none")
    erased_at: AwareDatetime
    also_in: tuple[str, ...] = Field(
        default=(), description="subjects whose events name this person, whose place is theirs"
    )


class OrganiserErased(Payload):
    """Somebody who signed in asked to be forgotten. Consumers that keep who wrote something compare
    each name that they have with the fingerprint: it tells nobody who it was."""

    type: ClassVar[str] = "organiser.erased"
    private: ClassVar[bool] = True
    fingerprint: str = Field(
        description="of their address: HMAC-SHA-256 under the service token, in hexadecimal"
    )
    erased_at: AwareDatetime
