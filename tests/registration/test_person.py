"""A person as they may be written down, and what of that an email or a spreadsheet could obey."""

import csv
import io

import pytest
from pydantic import ValidationError

from services.registration.base.person import Person, address_key
from services.registration.lists.reading import read_table
from services.registration.lists.writing import Heading, csv_chunks
from shared.words.cells import harmless


def person(**fields: str) -> Person:
    return Person.model_validate(
        {"first_name": "Zoé", "last_name": "N’Diaye", "email": "zoe@example.org"} | fields
    )


@pytest.mark.parametrize(
    "name",
    [
        "Win at https://evil.example",
        "www.evil",
        "evil.com",
        "Evil ｅｖｉｌ．ｃｏｍ",
        "mail@evil",
        "mail＠evil",
        "evil/path",
    ],
)
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_name_is_no_link_that_an_email_would_carry(name: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        person(**{field: name})
    assert [(e["loc"], e["type"]) for e in refused.value.errors()] == [((field,), "link_in_name")]


@pytest.mark.parametrize(
    "name", ["J.R. Smith", "M.Dupont", "St. John", "Łódź-Ñandú", "李小龙", "O’Brien"]
)
def test_names_as_people_have_them(name: str) -> None:
    assert person(last_name=name).last_name == name


def test_one_address_is_one_however_wide_it_is_written() -> None:
    assert address_key("ＺＯＥ@example.org") == address_key("zoe@example.org")
    assert address_key("ﬁn@example.org") == address_key("FIN@example.org")


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
@pytest.mark.parametrize("before", ["", " ", "Roy;", "Roy,", "Roy\t", "Roy|", "Roy\n", "Roy; "])
def test_no_cell_is_run_as_a_formula_whatever_separates_them(sign: str, before: str) -> None:
    cell = f"{before}{sign}cmd()"
    headings = [Heading("nom", ""), Heading("prénom", "")]
    content = b"".join(csv_chunks(headings, [[cell, "Zoé"], ["x;y;z", "Ali"]]))
    written = list(csv.reader(io.StringIO(content.decode())))[1]
    assert written == [f"{before}'{sign}cmd()", "Zoé"]
    assert harmless(written[0]) == written[0]
    back = read_table(content)
    assert back.rows[0].cells == (cell.strip(), "Zoé")
