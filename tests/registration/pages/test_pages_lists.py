"""A list of people on the organiser's pages: its columns, what its rows would do, and the yes."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from services.registration.access.forgetting import erase_organiser
from services.registration.access.organisers import invite
from services.registration.base.timers import look_for_past
from services.registration.batches.tables import Batch, BatchItem
from services.registration.desk import Desk
from services.registration.history.acts import ERASED, history
from services.registration.lists.remembering import KEPT, note_use, recall
from services.registration.lists.tables import RememberedColumns
from services.registration.pages.organiser import carried_list
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import someone
from tests.registration.pages.forms import fields_of, sent
from tests.registration.pages.list_steps import HERE, IMPORT, led_to, said_yes, uploaded
from tests.registration.pages.visits import seen

TERRITORIES = """\
Prenom usuel,Nom,Courriel,Ateliers,Territoire
Éva,Roy,eva@example.org,Workshop a,Nord
Ali,Roy,ali@example.org,Workshop a,Sud
"""
STATUSES = """\
nom,prénom,courriel,ateliers,statut
Roy,Éva,eva@example.org,a,Confirmé
Roy,Ali,ali@example.org,b,Annulé
Roy,Lou,lou@example.org,b,Remboursé
"""
BROKEN = """\
nom,prénom,courriel,ateliers
LEFÔVRE,Ren‚,rene@example.org,b
Roy,#REF!,roy@example.org,b
Roy,Éva,eva@example.org,b
"""


def stored(desk: Desk) -> int:
    with desk.database.read() as connection:
        return len([*connection.execute(select(Batch.id)), *connection.execute(select(BatchItem))])


def test_a_list_is_checked_shown_and_registered(organiser, desk: Desk, work) -> None:
    assert "prénom" in seen(organiser.get(IMPORT))
    example = organiser.get(f"{IMPORT}/example.csv").text
    rows = f"{example}Roy,Ali,not an address,,,,a\nRoy,Éva,eva@example.org,,,,a\n"
    preview = uploaded(organiser, rows)
    page = seen(preview)
    assert "2 people are registered" in page
    assert "1 of them finds a session full and waits" in page
    assert "Email: This is not an email address" in page
    assert re.search(r"Workshop a 2 1 1 will wait", page)
    assert stored(desk) == 0
    batch = led_to(said_yes(organiser, preview))
    assert led_to(said_yes(organiser, preview)) == batch  # a second press makes no second batch
    work()
    page = seen(organiser.get(batch))
    assert "1 person was registered. 1 is on a waitlist. 1 could not be done." in page
    assert "2 registrations" in seen(organiser.get(HERE))


def test_whoever_is_registered_already_is_told_apart(organiser, desk: Desk, names) -> None:
    register(desk, "day", someone(1, "b"))
    rows = "nom,prénom,courriel,ateliers\nN’Diaye,Zoé,z1@example.org,b\n"
    preview = uploaded(organiser, rows)
    assert "1 person is registered already" in seen(preview)
    answer = said_yes(organiser, preview)
    assert (answer.status_code, len(names())) == (422, 1)
    assert "Nobody would be registered" in seen(answer)


def test_columns_are_assigned_and_remembered(organiser, desk: Desk, work, names) -> None:
    without_names = TERRITORIES.replace("Nom,", "Colonne 2,").replace("Prenom usuel", "Colonne 1")
    asked = uploaded(organiser, without_names)
    page = seen(asked)
    assert "Say which column this is: Last name, First name." in page
    assert "Territoire" in page
    assert "Nord" in page
    fields = fields_of(asked)
    twice = organiser.post(IMPORT, data=sent(fields, "preview", **{"column-0": "email"}))
    assert twice.status_code == 422
    assert "Several columns are taken for “Email”" in seen(twice)
    given = {"column-0": "first_name", "column-1": "last_name"}
    preview = organiser.post(IMPORT, data=sent(fields, "preview", **given))
    assert "“Territoire” is not read." in seen(preview)
    led_to(said_yes(organiser, preview))
    work()
    assert ("Éva", "Roy") in names()
    with desk.database.read() as connection:
        acts = history(connection, conference_id=desk.programmes.fresh("day").id)
    assert "columns.remembered" in {act["what"] for act in acts}

    again = uploaded(organiser, without_names.replace("eva@", "eve@"))
    assert "1 person is registered, and gets" in seen(again)
    columns = organiser.post(IMPORT, data=sent(fields_of(again), "columns"))
    assert "are read as boss@example.org said on" in seen(columns)
    guessed = organiser.post(IMPORT, data=sent(fields_of(columns), "forget"))
    assert "Say which column this is" in seen(guessed)
    assert "Say which column this is" in seen(uploaded(organiser, without_names))


def test_nothing_is_remembered_of_files_without_headings(organiser, work, names) -> None:
    asked = uploaded(organiser, "Roy,Éva,eva@example.org,Workshop a\n")
    assert "Say which column this is" in seen(asked)
    assert "is remembered for the next file" not in seen(asked)
    given = {"column-0": "last_name", "column-1": "first_name"}
    preview = organiser.post(IMPORT, data=sent(fields_of(asked), "preview", **given))
    led_to(said_yes(organiser, preview))

    other = uploaded(organiser, "Zoé,Durand,zoe.durand@example.org,Workshop b\n")
    columns = organiser.post(IMPORT, data=sent(fields_of(other), "columns"))
    assert "boss@example.org said" not in seen(columns)
    led_to(said_yes(organiser, other))
    work()
    assert names() == [("Éva", "Roy"), ("Zoé", "Durand")]


def test_whoever_said_what_columns_are_is_forgotten(organiser, desk: Desk) -> None:
    asked = uploaded(organiser, TERRITORIES.replace("Nom", "Colonne"))
    given = {"column-1": "last_name", "column-0": "first_name"}
    preview = organiser.post(IMPORT, data=sent(fields_of(asked), "preview", **given))
    led_to(said_yes(organiser, preview))
    invite(desk, "another@example.org")
    keyed = replace(desk, service_token=(SecretStr("a-token-between-services"),))
    assert erase_organiser(keyed, "boss@example.org")
    with desk.database.read() as connection:
        names = connection.execute(select(RememberedColumns.actor_name)).scalars().all()
    assert names == [ERASED]


@pytest.fixture
def remembered(organiser, desk: Desk) -> list[str]:
    """The one shape of which somebody said what its columns are."""
    asked = uploaded(organiser, TERRITORIES.replace("Nom", "Colonne"))
    given = {"column-1": "last_name", "column-0": "first_name"}
    preview = organiser.post(IMPORT, data=sent(fields_of(asked), "preview", **given))
    led_to(said_yes(organiser, preview))
    return shapes(desk)


def shapes(desk: Desk) -> list[str]:
    with desk.database.read() as connection:
        return list(connection.execute(select(RememberedColumns.shape)).scalars())


def set_used(desk: Desk, *, ago: timedelta) -> None:
    with desk.database.begin() as connection:
        connection.execute(update(RememberedColumns).values(used_at=now() - ago))


def test_what_nobody_used_goes_at_the_daily_look(desk: Desk, remembered, work) -> None:
    for day, ago, left in (
        (1, KEPT - timedelta(minutes=5), remembered),
        (2, KEPT + timedelta(minutes=5), []),
    ):
        set_used(desk, ago=ago)
        with desk.database.begin() as connection:
            look_for_past(connection, now().date() - timedelta(days=day))
        work()
        assert shapes(desk) == left


def test_what_is_past_is_not_used_again(organiser, desk: Desk, remembered) -> None:
    set_used(desk, ago=KEPT + timedelta(minutes=5))
    assert "Say which column this is" in seen(
        uploaded(organiser, TERRITORIES.replace("Nom", "Colonne"))
    )
    conference = desk.programmes.fresh("day")
    with desk.database.begin() as connection:
        note_use(connection, remembered[0])
        assert recall(connection, conference, remembered[0]) is None


def test_a_status_that_says_no_holds_back_unless_ticked(organiser, work, names) -> None:
    preview = uploaded(organiser, STATUSES)
    page = seen(preview)
    assert "1 person is registered, and gets" in page
    assert "2 rows have a status that says no" in page
    assert "Remboursé" in page
    led_to(said_yes(organiser, preview, take=["3"]))
    work()
    assert names() == [("Éva", "Roy"), ("Ali", "Roy")]


def test_a_doubtful_name_waits_for_its_reading(organiser, work, names) -> None:
    preview = uploaded(organiser, BROKEN)
    page = seen(preview)
    assert "1 person is registered, and gets" in page
    assert "LEFÈVRE" in page
    assert "checked" not in re.sub(r"(?s)<head>.*?</head>", "", preview.text)
    led_to(said_yes(organiser, preview))
    work()
    assert names() == [("Éva", "Roy")]  # what nobody answered is not registered

    likeliest = organiser.post(
        IMPORT, data=sent(fields_of(uploaded(organiser, BROKEN)), "likeliest")
    )
    assert "1 row cannot be registered" in seen(likeliest)  # nobody can tell what #REF! was
    led_to(said_yes(organiser, likeliest))
    work()
    assert names()[1:] == [("René", "LEFÈVRE")]


def test_what_changed_meanwhile_is_shown_before_the_yes(organiser, desk: Desk, names) -> None:
    preview = uploaded(organiser, TERRITORIES.replace("Workshop a", "Workshop b"))
    assert "will wait" not in seen(preview)
    register(desk, "day", someone(1, "b"))
    answer = said_yes(organiser, preview)
    assert answer.status_code == 409
    assert "Something changed while you were looking" in seen(answer)
    assert "1 will wait" in seen(answer)
    assert len(names()) == 1
    led_to(said_yes(organiser, answer))


def test_a_day_that_closed_meanwhile_takes_nobody(organiser, desk: Desk, open_day) -> None:
    preview = uploaded(organiser, TERRITORIES)
    open_day(1, 2, on=datetime.now(UTC).date() - timedelta(days=1))
    organiser.post("/organiser/day/close", data={"confirm": "yes"})
    assert desk.programmes.fresh("day").closed_at
    assert said_yes(organiser, preview).status_code == 409
    assert stored(desk) == 0


def test_a_list_is_good_for_a_day_and_its_conference(organiser, monkeypatch) -> None:
    preview = uploaded(organiser, TERRITORIES)
    monkeypatch.setattr(carried_list, "LASTS", -1)
    answer = said_yes(organiser, preview)
    assert answer.status_code == 422
    assert "choose the file once more" in seen(answer)
    assert organiser.post(IMPORT, data={"list": "made up"}).status_code == 422


def test_the_other_language_keeps_the_list_and_the_answers(organiser) -> None:
    preview = uploaded(organiser, BROKEN)
    form = sent(fields_of(preview), "preview") | {"doubt-2-0": "out"}
    french = organiser.post(f"{IMPORT}?lang=fr", data=form)
    assert "Ce que ferait la liste" in seen(french)
    assert ("doubt-2-0", "out") in fields_of(french)
