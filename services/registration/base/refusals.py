"""Every way in which a request can be refused.

Refusal                  says why, in a sentence to translate, and where, as a JSON pointer
├── NotFound             404
├── NotAllowed           403
├── TooManyRegistrations 429
├── Invalid              422  one or several fields, each with its own reason
└── Conflict             409
    ├── SessionFull
    └── …                one class a rule, below
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field. `message` is an English msgid over `parameters`."""

    pointer: str
    message: str
    parameters: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A rule says no. `message` is an English msgid over `parameters`; `extra` is for machines."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    message: ClassVar[str] = ""

    def __init__(self, *, extra: dict[str, Any] | None = None, **parameters: Any) -> None:
        super().__init__(self.message % parameters if parameters else self.message)
        self.parameters = parameters
        self.extra = extra or {}


class NotFound(Refusal):
    status = 404
    code = "not-found"
    message = "There is nothing here under that name."


class NotAllowed(Refusal):
    status = 403
    code = "not-allowed"
    message = "This link or token does not give access to that."


class TooManyRegistrations(Refusal):
    status = 429
    code = "too-many-registrations"
    message = "Many people have just registered from your network. Please try again in a minute."


class Invalid(Refusal):
    """One or several fields break a rule."""

    status = 422
    code = "invalid"
    message = "Some of what was sent cannot be accepted."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "; ".join(f"{f.pointer}: {f.message % f.parameters}" for f in self.faults)


class CorrectedTooOften(Refusal):
    status = 429
    code = "corrected-too-often"
    message = (
        "You have corrected your address %(most)s times within a day: please do so again tomorrow, "
        "or ask the organiser."
    )


class KeyReused(Refusal):
    status = 422
    code = "idempotency-key-reused"
    message = "This Idempotency-Key was already used for another request."


class Conflict(Refusal):
    status = 409
    code = "conflict"


class SessionFull(Conflict):
    code = "session-full"
    message = "%(titles)s: no place is left."


class AlreadyRegistered(Conflict):
    code = "already-registered"
    message = "Someone of this name is already registered for this day with that email address."


class SessionsOverlap(Conflict):
    code = "sessions-overlap"
    message = "“%(first)s” and “%(second)s” take place at the same time."


class RegistrationClosed(Conflict):
    code = "registration-closed"
    message = "Registration for this day is closed."


class RegistrationNotOpen(RegistrationClosed):
    message = "Registration for this day is not open yet."


class LinkReplaced(Refusal):
    """The link was right once: another one is, since it was renewed or the address corrected."""

    status = 410
    code = "link-replaced"
    message = (
        "This link no longer works: another one has taken its place, and was sent to the address "
        "of this registration."
    )


class PersonErased(Conflict):
    code = "person-erased"
    message = "This person’s data have been erased: there is nothing to change any more."


class NoAddress(Conflict):
    code = "no-address"
    message = "This person has no email address: nothing can be sent to them."


class NotCancelled(Conflict):
    code = "not-cancelled"
    message = "This registration is not cancelled."


class NothingToRestore(Conflict):
    code = "nothing-to-restore"
    message = "It is not known any more what this registration had: please register again."


class RegistrationCancelled(Conflict):
    code = "registration-cancelled"
    message = "This registration was cancelled."


class NotOnTheDay(Conflict):
    code = "not-on-the-day"
    message = "A check-in belongs to the day itself, and not to the future."


class CapacityBelowTaken(Conflict):
    code = "capacity-below-taken"
    message = "“%(title)s” already has %(taken)s people: its capacity cannot be %(capacity)s."


class SessionInUse(Conflict):
    code = "session-in-use"
    message = (
        "“%(title)s” has people registered: it cannot be taken out of the programme without "
        "telling them."
    )


class AddressTaken(Conflict):
    code = "address-taken"
    message = "There is a conference under “%(slug)s” already: choose another address."


class PictureUnknown(Conflict):
    code = "picture-unknown"
    message = (
        "The programme names a picture that no conference here has (%(name)s): leave it out, and "
        "give the picture on the page of pictures."
    )


class ProgrammeChanged(Conflict):
    code = "programme-changed"
    message = "Somebody else has changed this programme meanwhile: what you typed is kept below."


class DayClosed(Conflict):
    code = "day-closed"
    message = "This day has been closed: its programme can no longer change."


class PlacesClosed(DayClosed):
    message = "This day has been closed: nobody’s sessions can change any more."


class DetailsClosed(DayClosed):
    message = "This day has been closed: ask its organiser to correct this."


class DoorsClosed(DayClosed):
    message = (
        "This day has been closed: what is scanned now is not recorded. An organiser can still "
        "write who was present."
    )


class NothingToTell(Conflict):
    code = "nothing-to-tell"
    message = "Nothing has changed that anybody has not been told of."


class ConferenceCancelled(RegistrationClosed):
    code = "conference-cancelled"
    message = "This day does not take place."


class HasPeople(Conflict):
    code = "has-people"
    message = "People are registered for this day: it cannot be a draft again, or be deleted."


class NotADraft(Conflict):
    code = "not-a-draft"
    message = "This day is public: only a draft can be deleted."


class AlreadyCancelled(Conflict):
    code = "already-cancelled"
    message = "This day has been cancelled already."


class SessionBegun(Conflict):
    code = "session-begun"
    message = "“%(title)s” has begun, or is about to: nobody can join it any more."


class LastOrganiser(Conflict):
    code = "last-organiser"
    message = "A conference needs an organiser: make somebody else one first."


class NameTaken(Conflict):
    code = "name-taken"
    message = "There is a living key or token called “%(name)s” already: choose another name."


class ExpiryPast(Refusal):
    status = 422
    code = "expiry-past"
    message = "The end of a key or token lies in the future."


class CodeUnknown(NotFound):
    code = "code-unknown"
    message = "Nobody is registered for this day with that code."


class DayNotCome(Conflict):
    code = "day-not-come"
    message = "The day has not come yet: it cannot be closed."
