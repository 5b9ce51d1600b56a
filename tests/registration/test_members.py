"""Who has which role, and that a conference never stays without an organiser."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from structlog.testing import capture_logs

from services.registration.access.forgetting import erase_organiser
from services.registration.access.members import (
    change_role,
    give_role,
    members_of,
    remove_organiser,
    take_role,
)
from services.registration.access.organisers import email_and_rights, invite
from services.registration.access.roles import MemberRole
from services.registration.base.refusals import LastOrganiser, NotFound
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, note
from services.registration.history.tables import Act


@pytest.fixture
def day(open_day) -> int:
    return open_day(1, 2).id


def given(desk: Desk, day: int, email: str, role: MemberRole) -> int:
    with desk.database.begin() as connection:
        return give_role(desk, connection, day, email, role)


def roles(desk: Desk, day: int) -> dict[str, str]:
    with desk.database.read() as connection:
        return {member.email: member.role for member in members_of(connection, day)}


def test_an_address_has_one_role_whatever_its_case(desk, day) -> None:
    given(desk, day, "Ann@example.org", "organiser")
    first = given(desk, day, "bob@example.org", "staff")
    assert given(desk, day, "BOB@example.org", "viewer") == first
    assert roles(desk, day) == {"ann@example.org": "organiser", "bob@example.org": "viewer"}


def test_a_role_counts_for_its_conference_alone(desk, day) -> None:
    given(desk, day, "ann@example.org", "organiser")
    bob = given(desk, day, "bob@example.org", "viewer")
    with desk.database.read() as connection:
        found = email_and_rights(connection, bob)
        assert found is not None
        email, rights = found
    assert email == "bob@example.org"
    assert rights.allow("see", "day")
    assert not rights.allow("organise", "day")
    assert not rights.allow("see", "another-day")


def test_whoever_organises_everything_is_listed_and_not_changed_here(desk, day) -> None:
    invite(desk, "boss@example.org")
    ann = given(desk, day, "ann@example.org", "organiser")
    with desk.database.read() as connection:
        boss, *_ = members_of(connection, day)
    assert (boss.email, boss.role, boss.everywhere) == ("boss@example.org", "organiser", True)
    take_role(desk, day, ann)
    with pytest.raises(NotFound):
        change_role(desk, day, boss.organiser_id, "viewer")
    with pytest.raises(NotFound):
        change_role(desk, day, ann, "viewer")


def test_the_last_organiser_stays(desk, day) -> None:
    ann = given(desk, day, "ann@example.org", "organiser")
    with pytest.raises(LastOrganiser):
        take_role(desk, day, ann)
    with pytest.raises(LastOrganiser):
        change_role(desk, day, ann, "staff")
    assert roles(desk, day) == {"ann@example.org": "organiser"}


def test_two_who_remove_each_other_at_once_are_not_both_gone(desk, day) -> None:
    both = [given(desk, day, f"{name}@example.org", "organiser") for name in ("ann", "bob")]
    together = threading.Barrier(2)

    def remove(organiser_id: int) -> bool:
        together.wait()
        try:
            take_role(desk, day, organiser_id)
        except LastOrganiser:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, both)) == [False, True]
    assert list(roles(desk, day).values()) == ["organiser"]


def test_a_forgotten_address_is_in_no_act(desk, day) -> None:
    given(desk, day, "ann@example.org", "organiser")
    given(desk, day, "bob@example.org", "staff")
    remove_organiser(desk, "Bob@example.org")
    with capture_logs() as lines, desk.database.begin() as connection:
        note(connection, SYSTEM, "organiser.removed", before={"email": "eve@example.org"})
    assert [line["event"] for line in lines if line.get("log") == "security"] == [
        "organiser.removed"
    ]
    keyed = replace(desk, service_token=(SecretStr("a-token-between-services"),))
    assert erase_organiser(keyed, "bob@example.org")
    with desk.database.read() as connection:
        acts = str(connection.execute(select(Act.before, Act.after)).all())
    assert "bob@example.org" not in acts
    assert "eve@example.org" in acts


def test_nothing_is_taken_from_whoever_has_no_role(desk, day) -> None:
    given(desk, day, "ann@example.org", "organiser")
    given(desk, day, "bob@example.org", "staff")
    remove_organiser(desk, "bob@example.org")
    for without in ("bob@example.org", "nobody@example.org"):
        with pytest.raises(NotFound):
            remove_organiser(desk, without)
    with desk.database.read() as connection:
        acts = connection.execute(select(Act.what)).scalars().all()
    assert acts.count("organiser.removed") == 1
