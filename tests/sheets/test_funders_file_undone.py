"""The funder's file while it is made: workers that die or are late, and people who are erased."""

from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select

from services.sheets.base.records import id_of
from services.sheets.base.tables import Bundle
from services.sheets.funder.bundles import (
    BundleAsked,
)
from services.sheets.funder.bundling import LOOKS_AGAIN, Bundler, Overtaken
from services.sheets.keeping.erasing import erase_person
from services.sheets.service import service
from services.sheets.signing.signing import strike
from shared.events import new_event
from shared.testing import drain
from tests.sheets.funders_file import Died, ask, made, make, newest, part_files
from tests.sheets.signed_day import (
    DAY,
    ORGANISER,
    House,
)


@pytest.mark.parametrize("is_over", [False, True])
def test_a_part_of_a_worker_that_was_killed_is_gone_with_the_file(
    signed: House, monkeypatch: pytest.MonkeyPatch, is_over: bool
) -> None:
    """Erased between its put and its commit, and then killed."""
    ask(signed)
    put = type(signed.resources.storage).put

    def erased_then_killed(self: object, key: str, content: bytes) -> None:
        monkeypatch.setattr(type(signed.resources.storage), "put", put)
        with signed.database.begin() as connection:
            erase_person(connection, signed.resources.storage, "ada", DAY)
            if is_over:
                connection.execute(delete(Bundle))
        put(self, key, content)  # type: ignore[arg-type]  # a storage
        raise Died

    monkeypatch.setattr(type(signed.resources.storage), "put", erased_then_killed)
    with pytest.raises(Died):
        make(signed, newest(signed))
    assert part_files(signed)
    signed.work()
    assert not part_files(signed)


def test_the_rows_are_gone_before_the_parts(signed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a worker could put and keep one between the two."""
    ask(signed)
    signed.work()
    states = list[str]()
    forget = type(signed.resources.storage).forget

    def looks(self: object, prefix: str) -> None:
        if prefix.startswith("bundles/"):
            states.extend(connection.scalars(select(Bundle.state)))
        forget(self, prefix)  # type: ignore[arg-type]  # a storage

    monkeypatch.setattr(type(signed.resources.storage), "forget", looks)
    with signed.database.begin() as connection:
        erase_person(connection, signed.resources.storage, "ada", DAY)
    assert {*states} == {"gone"}


def test_a_part_is_taken_away_before_its_job_ends(
    signed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before, the job is there still."""
    ask(signed)
    bundle = newest(signed)
    put = type(signed.resources.storage).put

    def erases(self: object, key: str, content: bytes) -> None:
        with signed.database.begin() as connection:
            erase_person(connection, signed.resources.storage, "ada", DAY)
        put(self, key, content)  # type: ignore[arg-type]  # a storage

    monkeypatch.setattr(type(signed.resources.storage), "put", erases)
    completed = list[object]()
    with pytest.raises(Overtaken):
        make(signed, bundle, completed.append)
    assert not part_files(signed)
    assert not completed


def test_a_late_worker_overwrites_no_part(signed: House) -> None:
    """It looked before the winner did, and puts after it what it has seen then."""
    ask(signed)
    late = newest(signed)
    first = signed.resources.bundler
    puts = list[tuple[str, bytes]]()
    storage = SimpleNamespace(
        put=lambda key, content: puts.append((key, content)),
        get=lambda _key: b"",
        delete=lambda _key: None,
    )
    slow = Bundler(first.database, storage, first.keyring)
    asked = BundleAsked(bundle=late.id, conference=DAY, part=0)
    with pytest.raises(Died):
        slow.make_part(new_event("timer", asked), _Dying())  # type: ignore[arg-type]  # enough of a job
    strike(
        signed.signing, id_of(DAY, "opening"), "ada", by=ORGANISER, reason="absent", key="struck"
    )
    signed.work()
    signed.set_clock(signed.at_now() + LOOKS_AGAIN)  # the sheet is sealed anew before
    signed.work()
    for key, content in puts:
        first.storage.put(key, content)
    assert made(signed)


class _Dying:
    """A job whose worker is killed as it ends it."""

    def hold(self, _connection: object) -> None:
        """It is its own."""

    def complete(self, _connection: object) -> None:
        raise Died


def test_who_is_erased_is_in_none(signed: House) -> None:
    ask(signed)
    signed.work()
    signed.erase("ada")
    assert newest(signed).state == "gone"
    assert not [*signed.folder.rglob("*.*-0*")]


def test_who_is_erased_while_it_is_made_is_in_none(
    signed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(signed)
    put = type(signed.resources.storage).put
    erased: list[str] = []

    def erases(self: object, key: str, content: bytes) -> None:
        put(self, key, content)  # type: ignore[arg-type]  # a storage
        if key.startswith("bundles/") and not erased:
            erased.append(key)
            with signed.database.begin() as connection:
                erase_person(connection, signed.resources.storage, "ada", DAY)

    monkeypatch.setattr(type(signed.resources.storage), "put", erases)
    drain(service, signed.database, signed.resources)
    assert newest(signed).state == "gone"
    assert not [*signed.folder.rglob("*.*-0*")]
