"""What an organiser answers to the preview of a list, and what then becomes true."""

import pytest
from sqlalchemy import select

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.pages.organiser import roster
from shared.base.bulkhead import Bulkhead
from tests.registration.pages.forms import fields_of, sent
from tests.registration.pages.list_steps import IMPORT, led_to, said_yes, uploaded
from tests.registration.pages.visits import seen

STATUSES = """\
nom,prénom,courriel,ateliers,statut
Roy,Éva,eva@example.org,a,Confirmé
Roy,Ali,ali@example.org,b,Annulé
"""


def test_numbers_without_end_are_no_answer(organiser) -> None:
    preview = uploaded(organiser, STATUSES)
    endless = "9" * 5000
    form = sent(fields_of(preview), "preview") | {
        "take": [endless],
        f"doubt-{endless}-0": "0",
        "doubt-2-0": endless,
    }
    assert organiser.post(IMPORT, data=form).status_code == 200


def test_a_tick_that_is_not_known_waits_for_an_answer(organiser, work, names) -> None:
    rows = "nom,prénom,courriel,Workshop a\nRoy,Éva,eva@example.org,x\nRoy,Ali,ali@example.org,"
    preview = uploaded(organiser, f"{rows}bof\nRoy,Luc,luc@example.org,x\n")
    assert "It is not known what “bof” means for “Workshop a”." in seen(preview)
    assert "Workshop a: yes" in seen(preview)
    led_to(said_yes(organiser, preview, **{"doubt-3-0": "0"}))
    work()
    assert ("Ali", "Roy") in names()


def test_an_awaited_session_with_places_is_given_instead(organiser, work, desk: Desk) -> None:
    rows = "nom,prénom,courriel,ateliers,liste d’attente\nRoy,Éva,eva@example.org,a,b\n"
    preview = uploaded(organiser, rows)
    assert "1 person is registered, and gets" in seen(preview)
    led_to(said_yes(organiser, preview))
    work()
    with desk.database.read() as connection:
        seats = select(tables.Session.slug).join(
            tables.Seat, tables.Seat.session_id == tables.Session.id
        )
        assert list(connection.execute(seats).scalars()) == ["b"]


def test_lists_are_judged_one_at_a_time(organiser, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = uploaded(organiser, STATUSES)
    assert "statut: Annulé" in seen(preview)
    monkeypatch.setattr(roster, "_bulkhead", Bulkhead(waiting=0))
    with roster._bulkhead.entered():  # noqa: SLF001  its own is taken
        again = organiser.post(IMPORT, data=sent(fields_of(preview), "preview"))
        yes = said_yes(organiser, preview)
    for answer in (again, yes):
        assert answer.status_code == 503
        assert "Another file is being read" in seen(answer)
    led_to(said_yes(organiser, preview))
