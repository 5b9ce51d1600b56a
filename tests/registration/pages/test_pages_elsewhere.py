"""Who is signed in goes on to the pages of other services; who is not loses nothing."""

import pytest

from tests.registration.pages.visits import seen

FORM = {"subject": "Bonjour", "text": "Une ligne,\r\net une autre"}


@pytest.mark.parametrize("area", ["emails", "certificates"])
def test_an_organiser_is_let_in_where_they_wanted_to_go(organiser, area) -> None:
    answer = organiser.get(f"/organiser/day/open/{area}?page=/new?a%3Db")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/organiser/day/{area}/new?a=b&pass=")
    assert answer.headers["cache-control"] == "no-store"


def test_nobody_is_led_out_of_the_house(organiser) -> None:
    for page in ("//evil.example", "https://evil.example", "/../../evil", "@evil.example"):
        answer = organiser.get("/organiser/day/open/emails", params={"page": page})
        assert answer.headers["location"].startswith("/organiser/day/emails?pass="), page
    assert organiser.get("/organiser/day/open/..%2f..").status_code == 404
    assert organiser.get("/organiser/another/open/emails").status_code == 404


def test_a_form_goes_along(organiser) -> None:
    answer = organiser.post("/organiser/day/open/emails?page=/new", data=FORM)
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("/organiser/day/emails/new?pass=")


def test_whoever_is_not_signed_in_keeps_what_they_typed(visitor) -> None:
    assert "Sign in" in seen(visitor.get("/organiser/day/open/emails"))
    answer = visitor.post("/organiser/day/open/emails?page=/new", data=FORM)
    assert answer.status_code == 403
    assert "Nothing was lost" in seen(answer)
    assert 'name="subject" value="Bonjour"' in answer.text
    assert "\nUne ligne,\r\net une autre</textarea>" in answer.text


def test_staff_have_no_way_in(visitor, as_staff) -> None:
    as_staff()
    answer = visitor.get("/organiser/day/open/emails")
    assert (answer.status_code, "Not allowed" in seen(answer)) == (403, True)
