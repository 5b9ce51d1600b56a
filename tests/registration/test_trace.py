"""What was done stays written down: the database itself refuses anything but blanking a person."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.registration.desk import Desk
from services.registration.history.acts import Actor, forget, history, note
from services.registration.history.tables import Act

ORGANISER = Actor("organiser", "grace@example.org")


@pytest.fixture
def act(desk: Desk) -> int:
    with desk.database.begin() as connection:
        note(
            connection,
            ORGANISER,
            "person.corrected",
            conference_id=1,
            registration_id="r-1",
            before={"last_name": "Lovelace"},
            after={"last_name": "Byron"},
            reason="as Ada asked",
        )
        found: int = connection.execute(select(Act.id)).scalar_one()
        return found


@pytest.mark.parametrize(
    "changes",
    [
        {"what": "person.erased"},
        {"at": None},
        {"actor_kind": "system"},
        {"actor_name": "somebody else"},
        {"conference_id": 2},
        {"registration_id": None},
        {"before": {"last_name": "Nobody"}},
        {"after": {"last_name": "Nobody"}},
        {"reason": "another"},
    ],
)
def test_nothing_of_it_is_changed(desk: Desk, act: int, changes: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError), desk.database.begin() as connection:
        connection.execute(update(Act).where(Act.id == act).values(changes))


def test_it_is_not_deleted(desk: Desk, act: int) -> None:
    refused = pytest.raises(DBAPIError, match="acts are only added")
    with refused, desk.database.begin() as connection:
        connection.execute(delete(Act).where(Act.id == act))


def test_an_erased_person_is_blanked(desk: Desk, act: int) -> None:
    assert act
    with desk.database.begin() as connection:
        forget(connection, "r-1")
        [told] = history(connection, registration_id="r-1")
    assert (told["before"], told["after"], told["reason"]) == ({}, {}, None)
    assert told["actor"] == {"kind": "organiser", "name": "grace@example.org"}
