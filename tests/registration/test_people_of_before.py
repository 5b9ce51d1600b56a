"""Who registered before several people could have one address is the same person afterwards."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import column, insert, select, table

from services.registration.base import tables
from services.registration.base.links import Links
from services.registration.base.person import address_key, person_key
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.migrations import migrate
from tests.conftest import SERVICES

PEOPLE = {
    "01900000-0000-7000-8000-000000000001": ("Zoé", "N’Diaye", "Zoé@Example.org"),
    "01900000-0000-7000-8000-000000000002": ("—", "—", ""),  # erased
}
DAY = {
    **dict.fromkeys(("organiser", "contact_email", "venue", "address", "city", "description"), "x"),
    "id": 1,
    "slug": "day",
    "title": "A day",
    "language": "fr",
    "timezone": "Europe/Paris",
    "date": "2019-11-07",
    "starts_at": now().isoformat(),
    "ends_at": now().isoformat(),
    "version": 1,
    "workshop_presence": "own-scan",
    "present": 0,
}
_as_it_was = table("conference", *map(column, DAY))  # the columns of that time, and no others


@pytest.fixture
def before(tmp_path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/before.db")
    migrate(database, SERVICES / "registration", "registration_0007")
    with database.begin() as connection:
        connection.execute(insert(_as_it_was), DAY)
        for number, (identity, person) in enumerate(PEOPLE.items()):
            first_name, last_name, email = person
            connection.exec_driver_sql(
                "INSERT INTO registration (id, conference_id, code, status, revision,"
                " attendance_version, first_name, last_name, email, email_key, locale, created_at)"
                " VALUES (?, 1, ?, 'confirmed', 0, 0, ?, ?, ?, ?, 'fr', ?)",
                (
                    *(identity, f"code-{number}", first_name, last_name, email),
                    *(address_key(email) or None, now().isoformat()),
                ),
            )
    yield database
    database.close()


def test_keys_are_filled_and_links_stay_good(before: Database) -> None:
    migrate(before, SERVICES / "registration")
    person = tables.Registration
    columns = (person.id, person.email_key, person.address_key, person.link_generation)
    with before.read() as connection:
        rows = connection.execute(select(*columns).order_by(person.id)).all()
    one, erased = PEOPLE
    assert [tuple(row) for row in rows] == [
        (one, person_key("zoé@example.org", "ZOE", "N’DIAYE"), "zoé@example.org", 0),
        (erased, None, None, 0),
    ]
    links = Links("https://emarge.example", [SecretStr("a-secret")])
    assert links.manage_token(one, 0) == links.manage_token(one)
