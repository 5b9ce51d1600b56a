"""Certificats de réalisation in the funder's file: fetched from whoever issues them, and a line for
each that could not be had."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.sheets.base.tables import Bundle, Realisation
from services.sheets.funder import bundling
from services.sheets.service import service
from shared.testing import drain
from tests.sheets.funders_file import ask, made, newest
from tests.sheets.issued_documents import (
    Documents,
    issued,
    path_of,
    relinked,
    serving_documents,
)
from tests.sheets.signed_day import House

FOLDER = "certificats-de-realisation/"


@pytest.fixture
def documents(signed: House) -> Iterator[Documents]:
    with serving_documents() as served:
        signed.feeds["certificates"] = served.url
        yield served


def hears(house: House, *said: Any) -> None:
    house.hear(*said, source="certificates")


def made_now(house: House) -> dict[str, bytes]:
    ask(house)
    house.work()
    return made(house)


def realisations(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(FOLDER): files[name] for name in files if name.startswith(FOLDER)}


def index(files: dict[str, bytes]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(files["index.json"])
    return said


def test_each_that_was_issued_is_in_it(
    signed: House, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.has("ada", "bob")
    moment = signed.at_now()
    hears(signed, issued("ada", moment), issued("bob", moment, alone=False))
    for size in (bundling.PART, 1):
        monkeypatch.setattr(bundling, "PART", size)
        files = made_now(signed)
        assert realisations(files) == {
            "Ada Zoé CODE-ada.pdf": b"%PDF-1.7 of ada, first",
            "Bob Zoé CODE-bob.pdf": b"%PDF-1.7 of bob, first",
        }
        assert (index(files)["missing"], index(files)["erased"]) == ([], 0)
    assert "day" not in "".join(documents.asked)


def test_the_newest_link_is_the_one_that_is_asked(signed: House, documents: Documents) -> None:
    documents.has("ada", key="second")
    moment = signed.at_now()
    hears(signed, relinked("ada", moment, "second"))
    late = issued("ada", moment)
    signed.at(1.3)  # before the other, and heard after it
    hears(signed, late)
    signed.at(1.4)
    assert realisations(made_now(signed)) == {"Ada Zoé CODE-ada.pdf": b"%PDF-1.7 of ada, second"}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((303, b""), "revoked"),
        ((410, b"%PDF-1.7 gone"), "replaced"),
        ((404, b""), "closed"),
        ((200, b"<html>"), "unlike"),
        ((200, b"%PDF-1.7" + bytes(17 * 1024 * 1024)), "unlike"),
    ],
    ids=["revoked", "replaced", "closed", "a page", "huge"],
)
def test_one_that_cannot_be_had_has_a_line(
    signed: House, documents: Documents, answer: tuple[int, bytes], why: str
) -> None:
    documents.has("bob")
    documents.answers[path_of("ada")] = answer
    moment = signed.at_now()
    hears(signed, issued("ada", moment), issued("bob", moment))
    files = made_now(signed)
    assert [*realisations(files)] == ["Bob Zoé CODE-bob.pdf"]
    named = f"{FOLDER}Ada Zoé CODE-ada.pdf"
    assert index(files)["missing"] == [{"name": named, "why": why}]
    assert f"Manque / missing: {named}: " in files["LISEZMOI.txt"].decode()


@pytest.mark.parametrize("away", ["silent", "failing", "unnamed"])
def test_whoever_does_not_answer_is_waited_for_and_found_again(
    signed: House, documents: Documents, away: str
) -> None:
    moment = signed.at_now()
    hears(signed, issued("ada", moment), issued("bob", moment))
    if away == "silent":
        signed.feeds["certificates"] = "http://127.0.0.1:9"
    elif away == "unnamed":
        signed.feeds.clear()
    for who in ("ada", "bob"):
        documents.answers[path_of(who)] = 503, b""
    ask(signed)
    drain(service, signed.database, signed.resources)
    assert newest(signed).state == "asked"  # and no part of it is kept that lacks one
    documents.asked.clear()
    signed.set_clock(moment + bundling.PATIENCE + timedelta(minutes=10))
    drain(service, signed.database, signed.resources)
    files = made(signed)
    assert {each["why"] for each in index(files)["missing"]} == {"unreachable"}
    assert len(index(files)["missing"]) == 2
    assert len(documents.asked) <= 1  # one that is away is not asked for each of a thousand
    assert "redemandez" in files["LISEZMOI.txt"].decode()
    signed.feeds["certificates"] = documents.url
    documents.has("ada", "bob")
    assert len(realisations(made_now(signed))) == 2


def test_whoever_is_erased_is_in_none_and_said_to_be(signed: House, documents: Documents) -> None:
    documents.has("ada", "bob")
    moment = signed.at_now()
    hears(signed, issued("ada", moment), issued("bob", moment))
    made_now(signed)
    signed.erase("ada")
    with signed.database.read() as connection:
        paths = connection.execute(
            select(Realisation.registration_id, Realisation.path).order_by(
                Realisation.registration_id
            )
        ).all()
        kept = connection.execute(select(Bundle.state, Bundle.progress)).all()
    assert [tuple(each) for each in paths] == [("ada", ""), ("bob", path_of("bob"))]
    assert [tuple(each) for each in kept] == [("gone", {})]
    hears(signed, issued("ada", signed.at_now()))  # late, or to a service that is new
    signed.at(1.5)
    files = made_now(signed)
    assert [*realisations(files)] == ["Bob Zoé CODE-bob.pdf"]
    assert index(files)["erased"] == 1
    assert "personnes effacées" in files["LISEZMOI.txt"].decode()


def test_they_are_forgotten_with_the_years(signed: House, documents: Documents) -> None:
    documents.has("ada")
    hears(signed, issued("ada", signed.at_now()))
    signed.at(24 * 366 * 5)
    signed.work()
    with signed.database.read() as connection:
        assert connection.execute(select(Realisation.registration_id)).all() == []
