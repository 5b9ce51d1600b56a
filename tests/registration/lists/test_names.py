"""Whole names are taken apart with care; what is no name is found."""

import pytest

from services.registration.lists.doubts import Doubts
from services.registration.lists.full_names import take_apart, way_of
from services.registration.lists.suspicions import SELDOM, suspicion
from services.registration.lists.vocabulary import is_given

A, B = "a@example.org", "jean.dupont@example.org"


@pytest.mark.parametrize(
    ("whole", "address", "first", "last"),
    [
        ("DUPONT Jean", A, "Jean", "DUPONT"),
        ("Jean DUPONT", A, "Jean", "DUPONT"),
        ("LE GOFF Anne-Marie", A, "Anne-Marie", "LE GOFF"),
        ("Jean Claude VAN DAMME", A, "Jean Claude", "VAN DAMME"),
        ("Dupont, Jean", A, "Jean", "Dupont"),
        ("de La Tour, Anne Marie", A, "Anne Marie", "de La Tour"),
        ("Mme Jeanne MOREL", A, "Jeanne", "MOREL"),
        ("Jean Dupont", B, "Jean", "Dupont"),
        ("Dupont Jean", B, "Jean", "Dupont"),
        ("Dupont Jean", "jdupont@example.org", "Jean", "Dupont"),
    ],
)
def test_what_decides_by_itself(whole: str, address: str, first: str, last: str) -> None:
    taken = take_apart(whole, address, None)
    assert taken.sure
    assert taken.readings == ({"first_name": first, "last_name": last},)


@pytest.mark.parametrize(
    "whole", ["Kouassi Aya", "Martin Paul", "Camille Rose Bernard", "Cher", "- Dupont"]
)
def test_what_does_not_waits_for_a_yes(whole: str) -> None:
    assert not take_apart(whole, A, None).sure


def test_the_other_rows_decide_when_they_agree() -> None:
    rows = [("Durand Zoé", A), ("Lefort Luc", A), ("Petit Hélène", A)]
    assert way_of("", rows) == "last"
    assert take_apart("Kouassi Bamba", A, "last").readings[0]["last_name"] == "Kouassi"
    assert not take_apart("Zoé Durand", A, "last").sure  # this one does it the other way
    assert way_of("", [*rows, ("Zoé Durand", A)]) is None
    assert way_of("", rows[:2]) is None
    assert way_of("Nom Prénom", rows[:2]) == "last"
    assert way_of("Prénom Nom", rows) is None


@pytest.mark.parametrize(
    ("last", "first", "address", "likely"),
    [
        ("TRUE", "Ana", A, "TRUE"),
        ("Null", "Eva", A, "Null"),
        ("NA", "Li", A, "NA"),
        ("Roy 2", "Ali", A, "Roy 2"),
        ("Mme Durand", "Zoé", A, "Durand"),
        ("Dupont Jean", "Jean", A, "Dupont"),
        ("#REF!", "Jean", B, "Dupont"),
        ("Durand_Petit", "Zoé", A, "Durand_Petit"),
        ("Roy et Petit", "Zoé", A, "Roy et Petit"),
    ],
)
def test_a_strange_name_is_asked_about(last: str, first: str, address: str, likely: str) -> None:
    cells = {"first_name": first, "last_name": last, "email": address}
    person, [doubt] = Doubts([cells]).of(cells)
    assert (person["last_name"], doubt.field, doubt.written) == (likely, "last_name", last)
    assert doubt.readings[0] == {"last_name": likely}


@pytest.mark.parametrize(
    "last", ["#REF!", "#N/A", "#NOM?", "###", "Err:502", "12", "a@b.fr", "Le�"]
)
def test_what_cannot_be_a_name_has_no_reading(last: str) -> None:
    cells = {"first_name": "Zoé", "last_name": last, "email": A}
    _, [doubt] = Doubts([cells]).of(cells)
    assert doubt.readings == ()


def test_a_missing_first_name_is_asked_about() -> None:
    cells = {"first_name": "", "last_name": "Roy", "email": A}
    person, [doubt] = Doubts([cells]).of(cells)
    assert (person["first_name"], doubt.field) == ("", "first_name")


@pytest.mark.parametrize(
    ("name", "given"),
    [("Zoé", True), ("Anne-Marie", True), ("Jean Жан", False), ("Jean 2", False), ("", False)],
)
def test_every_word_of_a_given_name_is_one(name: str, given: bool) -> None:
    assert is_given(name) is given


@pytest.mark.parametrize("word", sorted(SELDOM))
def test_what_is_seldom_a_name_is_called_so(word: str) -> None:
    found = suspicion(word)
    assert found
    assert found.message == "“%(written)s” is seldom a name."


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("Dupont Jean (PLIE)", "Jean", "Dupont"),
        ("Durand Zoé (DRH)", "Zoé", "Durand"),
        ("Paul Petit VIP", "Paul", "Petit"),
        ("Marie LOPEZ (visio)", "Marie", "LOPEZ"),
        ("MARTIN Luc - CCAS", "Luc", "MARTIN"),
        ("Paul Petit, excusé", "Paul", "Petit"),
        ("Paul Petit – à confirmer", "Paul", "Petit"),
        ("Jeanne MOREL absente", "Jeanne", "MOREL"),
    ],
)
def test_what_is_said_behind_a_name_is_asked_about(whole: str, first: str, last: str) -> None:
    cells = {"full_name": whole, "email": A}
    person, [doubt] = Doubts([cells]).of(cells)
    assert (person["first_name"], person["last_name"]) == (first, last)
    assert doubt.written == whole


def test_an_organisation_may_have_brackets() -> None:
    cells = {"first_name": "Zoé", "last_name": "Roy", "organisation": "PLIE (Paris)", "email": A}
    assert Doubts([cells]).of(cells)[1] == ()
