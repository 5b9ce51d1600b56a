"""What a row gives, and what becomes of its doubts."""

from services.registration.lists.columns import guess_columns, missing_fields, unread_columns
from services.registration.lists.finding import find_table
from services.registration.lists.people import Listed, people
from tests.registration.lists.day import DAY
from tests.registration.lists.writers import Line, xlsx


def listed(text: str) -> list[Listed]:
    table = find_table(text.encode())
    return people(table, guess_columns(table, DAY), DAY)


def test_an_answer_is_checked_as_what_was_written_is() -> None:
    [row] = listed("Nom;Prénom;Courriel;Atelier\n#REF!;Jean;jean.dupont@example.org;Soirée\n")
    [doubt] = row.doubts
    assert (doubt.written, doubt.readings) == ("#REF!", ({"last_name": "Dupont"},))
    right = row.read_as({"last_name": "  Dupont-Roy "})
    assert (right.given["person"]["last_name"], right.doubts, right.reasons) == (
        *("Dupont-Roy", (), ()),
    )
    assert right.given["sessions"] == ["soiree"]
    assert row.read_as({"last_name": "12"}).reasons


def test_an_answer_leaves_other_reasons() -> None:
    [row] = listed("Nom;Prénom;Courriel;Atelier\nNull;Jean;jean@example.org;Sophrologie\n")
    assert row.read_as(*(doubt.readings[0] for doubt in row.doubts)).reasons == row.reasons


def test_columns_that_are_not_read_are_named() -> None:
    table = find_table(
        "Nom,Prénom,Courriel,Territoire,Vide\nRoy,Ali,a@example.org,Nord,\n".encode()
    )
    assignment = guess_columns(table, DAY)
    assert [column.title for column in unread_columns(table, assignment)] == ["Territoire"]
    assert missing_fields(assignment) == ()
    assert missing_fields({0: "last_name"}) == ("first_name", "email")
    assert missing_fields({0: "full_name", 1: "email"}) == ()


def test_one_address_of_a_cell_and_two() -> None:
    rows = listed(
        "Nom;Prénom;Courriel\n"
        "Roy;Ali;Ali Roy <ali@example.org>\n"
        "Roy;Zoé;mailto:zoe@example.org\n"
        "Roy;Luc;luc@example.org, luc@example.net\n"
    )
    assert [row.given["person"]["email"] for row in rows] == [
        *("ali@example.org", "zoe@example.org", "luc@example.org"),
    ]
    assert [len(row.doubts) for row in rows] == [0, 0, 1]


def test_the_worst_of_several_statuses_counts() -> None:
    rows = listed(
        "Nom;Prénom;Courriel;Statut;Payé;Date d'annulation\n"
        "Roy;Ali;a@example.org;Validé;Oui;\n"
        "Roy;Zoé;z@example.org;Validé;Non;\n"
        "Roy;Luc;l@example.org;Validé;Oui;2026-10-01 10:00\n"
    )
    assert [row.status and row.status.standing for row in rows] == [
        *("registered", "unpaid", "cancelled"),
    ]


def test_the_payer_is_not_the_participant() -> None:
    rows: list[Line] = [
        ["Payeur", None, None, "Participant", None, None],
        ["Nom", "Prénom", "Courriel", "Nom", "Prénom", "Courriel"],
        ["Durand", "Paule", "paule@example.org", "Roy", "Ali", "ali@example.org"],
    ]
    table = find_table(xlsx(rows))
    [row] = people(table, guess_columns(table, DAY), DAY)
    assert row.given["person"]["email"] == "ali@example.org"
    assert row.given["person"]["last_name"] == "Roy"


def test_sessions_held_and_awaited_at_one_hour_are_no_fault() -> None:
    head = "nom;prénom;courriel;sessions;waiting_for\nRoy;Ali;a@example.org;"
    [row] = listed(head + "accueil;numerique\n")
    assert (row.given["sessions"], row.given["waiting_for"]) == (["accueil"], ["numerique"])
    assert not row.reasons
    [row] = listed(head + '"accueil;numerique";\n')
    assert row.reasons


def test_a_status_has_its_heading() -> None:
    [row] = listed("Nom;Prénom;Courriel;Annulé\nRoy;Ali;a@example.org;Oui\n")
    assert row.status
    assert (row.status.heading, row.status.written) == ("Annulé", "Oui")


def test_a_language_that_nothing_is_written_in_is_asked_about() -> None:
    rows = listed(
        "Nom;Prénom;Courriel;Langue\n"
        "Roy;Ali;a@example.org;Deutsch\n"
        "Roy;Zoé;z@example.org;en-GB\n"
        "Roy;Luc;l@example.org;Français (France)\n"
        "Roy;Eva;e@example.org;\n"
    )
    assert [row.given["person"]["locale"] for row in rows] == ["fr", "en", "fr", "fr"]
    assert [len(row.doubts) for row in rows] == [1, 0, 0, 0]
    assert rows[0].read_as({"locale": "en"}).given["person"]["locale"] == "en"
