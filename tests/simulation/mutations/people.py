"""Of erasures, and of what people are told about the day."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from services.notifications.base import forgotten_places, known_places
from services.notifications.base.tables import KnownPlace
from services.notifications.delivery import log
from services.notifications.occasions import notices
from shared.bus import erasure, eventlog, redaction
from tests.simulation.mutations.registry import Registry

TAKEN_OUT = mutation = Registry()


@mutation
def erased_in_the_inbox(patch: pytest.MonkeyPatch) -> None:
    """What the inbox has of somebody who is erased stays there."""
    patch.setattr(redaction, "redact", lambda *_: None)


@mutation
def erased_is_remembered(patch: pytest.MonkeyPatch) -> None:
    """What comes late brings somebody back."""
    patch.setattr(erasure, "erased_among", lambda *_: set())


@mutation
def erased_in_the_log(patch: pytest.MonkeyPatch) -> None:
    """What the log said of somebody who is erased stays there."""
    patch.setattr(eventlog, "_rewrite", lambda *_: None)


@mutation
def erased_in_deliveries(patch: pytest.MonkeyPatch) -> None:
    """The delivery log goes on naming them."""
    patch.setattr(log, "redact", lambda *_: None)


@mutation
def erased_stays_erased(patch: pytest.MonkeyPatch) -> None:
    """What is known of a place is blank, and not that its person was erased."""
    forget = forgotten_places.forget

    def forget_only(connection: Any, registration_id: str, moment: Any) -> None:
        forget(connection, registration_id, moment)
        place = KnownPlace.registration_id == registration_id
        connection.execute(update(KnownPlace).where(place).values(erased_at=None))

    patch.setattr(forgotten_places, "forget", forget_only)


@mutation
def looked_at_again(patch: pytest.MonkeyPatch) -> None:
    """A letter is not compared with what is known just before its final dot."""
    patch.setattr(known_places, "newest", lambda *_: None)


@mutation
def one_notice_a_person(patch: pytest.MonkeyPatch) -> None:
    """A notice has no identity of its own: filed twice it is two."""
    patch.setattr(notices, "uuid5", lambda *_: uuid4())


@mutation
def notice_follows(patch: pytest.MonkeyPatch) -> None:
    """A programme is known, and followed to nobody."""
    patch.setattr(notices, "follow_page", lambda *_: None)
    patch.setattr(notices, "_file_notice", lambda *_: None)


@mutation
def notice_of_newcomers(patch: pytest.MonkeyPatch) -> None:
    """Who is first heard of after a notice is not told of it."""
    patch.setattr(notices, "file_for", lambda *_: None)
