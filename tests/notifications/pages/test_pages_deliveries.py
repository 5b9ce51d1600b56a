"""What an organiser learns of the emails of a day, and what they can have sent again."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import update

from deploy.local.misbehaviour import Misbehaviour
from services.notifications.base.tables import Delivery
from shared.base.clock import now
from shared.events.registration import AttendeeErased, RegistrationChanged
from tests.notifications.day import conference, person, place, told
from tests.notifications.pages.conftest import HERE, SLUG
from tests.notifications.programmes import FIRST, cancelled, changed, programme


def seen(answer: httpx.Response) -> str:
    """The words on a page."""
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def someone(number: int, **changes):
    them = person(first_name=f"Zoé{number}", email=f"zoe{number}@ville.example")
    return place(registration_id=f"0190-{number}", person=them, **changes)


def test_each_email_is_shown_with_what_became_of_it(office, organiser) -> None:
    office.hear(told(someone(1)), told(someone(2)))
    page = seen(organiser.get(HERE))
    assert "Emails are going out" in page
    assert "Zoé1 Lefèvre-Dûment zoe1@ville.example Confirmation" in page
    assert "2 emails" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=ZOE1", 2),
        ("q=lefevre zoe2@", 1),
        ("q=%25", 0),
        ("q=%00", 3),
        ("kind=changed", 1),
        ("outcome=sent", 3),
        ("outcome=failed", 0),
        ("page=99", 3),
    ],
)
def test_it_is_searched_without_accents_and_filtered(office, organiser, query, count) -> None:
    office.hear(told(someone(1)), told(someone(2)), told(someone(1, kind=RegistrationChanged)))
    assert f"{count} email" in seen(organiser.get(f"{HERE}?{query}"))


def test_another_conference_is_another_s_affair(office, organiser) -> None:
    office.hear(told(someone(1, conference=conference(slug="other"))))
    assert "0 emails" in seen(organiser.get(HERE))
    assert organiser.get(f"{HERE}/people/0190-1").status_code == 404
    row = office.log[0]
    organiser.post(f"{HERE}/deliveries/{row['id']}/again", data=settled(row))
    office.work()
    assert len(office.mails) == 1


def settled(row: dict) -> dict[str, str]:
    return {"settled": row["settled_at"].isoformat() if row["settled_at"] else ""}


def test_one_that_failed_is_explained_and_sent_again(office, organiser) -> None:
    office.sink.misbehaviour = Misbehaviour("550")
    office.hear(told(someone(1)))
    page = seen(organiser.get(f"{HERE}?outcome=failed"))
    assert "1 email" in page
    assert "550 5.1.1 No such person here" in page
    assert "This address does not exist" in page
    office.sink.misbehaviour = Misbehaviour()
    answer = organiser.post(f"{HERE}/failed/again")
    assert "1 email is being sent again" in seen(organiser.get(answer.headers["location"]))
    assert "Under way" in seen(organiser.get(f"{HERE}?outcome=underway"))
    office.work()
    assert len(office.mails) == 1
    assert "1 email" in seen(organiser.get(f"{HERE}?outcome=sent"))


def test_one_that_was_sent_goes_again_once_for_one_press(office, organiser) -> None:
    office.hear(told(someone(1)))
    row = office.log[0]
    for _ in range(2):  # a page that is sent twice
        organiser.post(f"{HERE}/deliveries/{row['id']}/again", data=settled(row))
    office.work()
    organiser.post(
        f"{HERE}/deliveries/{row['id']}/again", data=settled(row)
    )  # and once more, later
    office.work()
    assert len(office.mails) == 2


def test_nothing_is_sent_again_to_somebody_who_was_erased(office, organiser) -> None:
    office.hear(told(someone(1)))
    office.sink.misbehaviour = Misbehaviour("550")
    office.hear(told(someone(1, kind=RegistrationChanged)))
    sent, failed = office.log
    office.hear(told(AttendeeErased(registration_id="0190-1", erased_at=now())))
    page = organiser.get(f"{HERE}/people/0190-1")
    assert "Their data are erased: nothing can be sent to them" in seen(page)
    assert "/again" not in page.text
    for way, data in (
        (f"deliveries/{sent['id']}/again", settled(sent)),
        (f"deliveries/{failed['id']}/again", settled(failed)),
        ("failed/again", {}),
    ):
        answer = organiser.post(f"{HERE}/{way}", data=data)
        assert "data were erased" in seen(organiser.get(answer.headers["location"]))
    assert all(job["state"] != "waiting" for job in office.jobs)


def test_whoever_only_looks_has_no_buttons(office, visitor, sign_in) -> None:
    office.hear(told(someone(1)))
    sign_in("viewer")
    page = visitor.get(HERE)
    assert "Send again" not in page.text.partition("<tbody>")[2].partition("log")[2].replace(
        '<span class="visually-hidden">Send again</span></th>', ""
    )
    row = office.log[0]
    answer = visitor.post(f"{HERE}/deliveries/{row['id']}/again", data=settled(row))
    assert answer.status_code == 403


def test_one_person_s_letters_are_in_order(office, organiser) -> None:
    office.hear(told(someone(1)), told(someone(1, kind=RegistrationChanged)))
    page = seen(organiser.get(f"{HERE}/people/0190-1"))
    assert page.index("Confirmation") < page.index("Change")


def test_nobody_else_comes_in(visitor, sign_in) -> None:
    assert visitor.get(HERE).status_code == 303
    sign_in(conference="other")
    answer = visitor.get(HERE)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/organiser/{SLUG}/open/emails?page=",
    )


def test_what_is_not_sent_any_more_is_said_in_words_alone(office, organiser) -> None:
    office.hear(told(someone(1), time=now() - timedelta(days=30)))
    page = seen(organiser.get(f"{HERE}?outcome=skipped"))
    assert "It came too late to be useful" in page
    assert "too-late" not in page


def test_a_row_from_before_there_were_codes_is_shown_with_its_words(office, organiser) -> None:
    office.sink.misbehaviour = Misbehaviour("550")
    office.hear(told(someone(1)))
    with office.database.begin() as connection:
        connection.execute(update(Delivery).values(reason=None))
    page = seen(organiser.get(f"{HERE}?outcome=failed"))
    assert "550 5.1.1 No such person here" in page
    assert "This address does not exist" not in page


def test_who_was_told_what_is_a_list_of_its_own(crowd, organiser) -> None:
    crowd.hear(changed(programme(2, a={"room": "Salle 2"}), FIRST))
    page = seen(organiser.get(f"{HERE}?kind=notice"))
    assert "2 emails" in page
    assert "zoe1@ville.example Notice Version 2 of the programme" in page
    assert "zoe2@ville.example" not in page


def test_one_writes_to_those_whose_day_was_cancelled(crowd, organiser) -> None:
    assert "Everyone confirmed or waiting (3)" in seen(organiser.get(f"{HERE}/messages/new"))
    crowd.hear(cancelled(programme(2)))
    assert "Everyone whose day was cancelled (3)" in seen(organiser.get(f"{HERE}/messages/new"))
