"""What becomes of an email that was handed to a mail server.

Accepted              the server answered that it has it
Unanswered            the final dot was sent and no answer came: nobody knows
TemporarilyRefused    the server said 4xx, or could not be reached: nothing was accepted, try again
Refused               the server said 5xx: nothing was accepted, and trying again cannot help
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.notifications.reasons import SENTENCES, Reason
from shared.base.errors import EmargeError, Hopeless


@dataclass(frozen=True)
class Accepted:
    """`words` are the server's."""

    words: str


@dataclass(frozen=True)
class Unanswered:
    """`words` say what happened instead of an answer."""

    words: str


class TemporarilyRefused(EmargeError):
    """Nothing was accepted; another time it may be. `words` are the server's, if it had any."""

    def __init__(self, reason: Reason, words: str = "") -> None:
        super().__init__(words or SENTENCES[reason])
        self.reason, self.words = reason, words


class Refused(Hopeless):
    """Nothing was accepted, nor will it be: a dead letter with the server's words, if any."""

    def __init__(self, reason: Reason, words: str = "") -> None:
        super().__init__(words or SENTENCES[reason])
        self.reason, self.words = reason, words


@dataclass(frozen=True)
class Parcel:
    """An email as it goes over the wire, with its envelope; addresses without names."""

    sender: str
    recipient: str
    message_id: str
    message: bytes


class Transport(Protocol):
    """Hands emails over, one at a time."""

    def deliver(
        self, parcel: Parcel, before_final_dot: Callable[[], None]
    ) -> Accepted | Unanswered:
        """Hand over the parcel. Raises TemporarilyRefused, Refused, or what `before_final_dot`
        raises.

        Nothing can have been accepted before `before_final_dot` is called, and nothing is sent on
        when it raises.
        """

    def has(self, message_id: str) -> bool | None:
        """Whether an email was accepted earlier; None when nobody can tell."""

    def close(self) -> None:
        """Let go of connections."""
