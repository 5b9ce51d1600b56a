"""What people who register see."""

import re
import zlib
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from services.registration.desk import Desk
from services.registration.pages.attendee import lost_link
from services.registration.people.known_certificates import remember_certificate
from services.registration.seats.registering import register
from shared.base.clock import now
from shared.events.certificates import CertificateIssued
from shared.http.limits import Limit
from tests.registration.days import someone
from tests.registration.pages.visits import ENTRY, event_types, seen

HALF_A_LETTER = urlsafe_b64encode(
    zlib.compress(rb'[["people", "2"], ["p0-first_name", "\ud800"]]')
).decode()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


class TestLanguage:
    @pytest.mark.parametrize(
        ("accepted", "word"),
        [("fr", "S’inscrire"), ("en-GB,fr;q=0.3", "Register"), ("", "S’inscrire")],
    )
    def test_what_the_browser_asks_for(self, api, accepted: str, word: str) -> None:
        answer = api.get("/c/day", headers={"Accept-Language": accepted})
        assert word in seen(answer)

    def test_what_was_chosen_is_remembered(self, visitor) -> None:
        assert "S’inscrire" in seen(visitor.get("/c/day?lang=fr"))
        assert "S’inscrire" in seen(visitor.get("/c/day"))

    def test_errors_are_pages_in_it_too(self, visitor) -> None:
        answer = visitor.get("/c/nowhere?lang=fr")
        assert answer.status_code == 404
        assert "Cette page n’existe pas" in seen(answer)


class TestRegistering:
    def test_what_was_typed_is_kept(self, visitor, desk: Desk) -> None:
        answer = visitor.post("/c/day/register", data={**ENTRY, "p0-email": "zoe@", "consent": ""})
        assert answer.status_code == 303  # going back or reloading sends nothing again
        answer = visitor.get(answer.headers["location"])
        assert 'value="N’Diaye"' in answer.text
        assert 'value="zoe@"' in answer.text
        assert "This is not an email address" in seen(answer)
        assert "Please tick this box" in seen(answer)
        assert not event_types(desk)

    def test_html_in_a_name_is_inert(self, visitor) -> None:
        entry = {**ENTRY, "p0-last_name": '<img src=x onerror="alert(1)">'}
        answer = visitor.post("/c/day/register", data=entry, follow_redirects=True)
        assert "<img" not in answer.text
        assert "&lt;img" in answer.text

    def test_a_full_workshop_offers_its_waitlist_and_what_is_free(self, visitor, desk) -> None:
        page = visitor.get("/c/day/register?session=a")
        assert 'value="a" required checked' in page.text
        register(desk, "day", someone(1, "a"))
        answer = visitor.post("/c/day/register", data=ENTRY, follow_redirects=True)
        assert "There is no place left in Workshop a. Free at the same time: Workshop b" in seen(
            answer
        )
        assert not re.search('value="wait:a"[^>]*checked', answer.text), "offered, not chosen"
        entry = {**ENTRY, "p0-workshop-0": "wait:a"}
        answer = visitor.post("/c/day/register", data=entry, follow_redirects=True)
        assert "Number 1 on the waitlist" in seen(answer)

    def test_a_form_sent_twice_registers_once(self, visitor, desk) -> None:
        first = visitor.post("/c/day/register", data=ENTRY)
        second = visitor.post("/c/day/register", data=ENTRY)
        assert first.headers["location"] == second.headers["location"]
        assert event_types(desk) == ["registration.confirmed"]

    def test_colleagues_are_added_without_losing_anything(self, visitor, desk) -> None:
        answer = visitor.post("/c/day/register", data={**ENTRY, "action": "add"})
        assert answer.status_code == 303  # going back sends nothing again
        page = visitor.get(answer.headers["location"])
        assert page.status_code == 200
        assert page.text.count('-first_name" type') == 2
        assert visitor.get(answer.headers["location"]).text == page.text
        assert 'value="N’Diaye"' in page.text
        both = {
            **ENTRY,
            "person": ["p0", "p1"],
            "p1-first_name": "Léa",
            "p1-last_name": "Roy",
            "p1-email": "lea@example.org",
            "p1-workshop-0": "b",
        }
        answer = visitor.post("/c/day/register", data=both, follow_redirects=True)
        assert "1 colleague is registered too" in seen(answer)
        assert event_types(desk) == ["registration.confirmed"] * 2

    def test_one_is_taken_out_again_and_a_large_form_is_shown_at_once(self, visitor) -> None:
        two = {**ENTRY, "person": ["p0", "p1"], "p1-first_name": "Léa", "action": "remove:p0"}
        answer = visitor.post("/c/day/register", data=two, follow_redirects=True)
        assert 'value="Léa"' in answer.text
        assert 'name="p0-first_name"' not in answer.text
        noise = "".join(map(chr, range(0x4E00, 0x4E00 + 6000)))
        large = {**ENTRY, "p0-organisation": noise, "action": "add"}
        shown = visitor.post("/c/day/register", data=large)
        assert shown.status_code == 200
        assert shown.text.count('-first_name" type') == 2

    @pytest.mark.parametrize("cookie", ["", "x", "AAAA", "eJwrSS0uAQAEXQHB", HALF_A_LETTER])
    def test_a_cookie_of_another_hand_is_an_empty_form(self, visitor, cookie) -> None:
        headers = {"Cookie": f"emarge-form={cookie}"}
        page = visitor.get("/c/day/register?person=p0&person=%22x&person=p1", headers=headers)
        assert page.status_code == 200
        assert re.findall('name="([^"]+)-first_name"', page.text) == ["p0", "p1"]
        assert "N’Diaye" not in page.text

    def test_who_could_not_be_registered_stays_in_the_form(self, visitor, desk) -> None:
        register(desk, "day", someone(1, "b"))
        both = {
            **ENTRY,
            "person": ["p0", "p1"],
            "p1-first_name": "Zoé",
            "p1-last_name": "N’Diaye",
            "p1-email": "z1@example.org",
            "p1-workshop-0": "b",
        }
        answer = visitor.post("/c/day/register", data=both, follow_redirects=True)
        assert re.search(r"Registered:\s+<strong>Zoé N’Diaye", answer.text)
        assert 'value="z1@example.org"' in answer.text
        assert 'value="zoe@example.org"' not in answer.text

    def test_a_mistyped_address_is_asked_about_and_one_tap_takes_the_likely_one(
        self, visitor, desk
    ) -> None:
        entry = {**ENTRY, "p0-email": "zoe@gmial.com", "p0-workshop-0": "b"}
        page = visitor.post("/c/day/register", data=entry, follow_redirects=True)
        assert "Did you mean zoe@gmail.com?" in seen(page)
        assert '<button class="quiet" name="p0-email" value="zoe@gmail.com">' in page.text
        assert event_types(desk) == []
        tapped = {**entry, "p0-email": ["zoe@gmial.com", "zoe@gmail.com"]}
        page = visitor.post("/c/day/register", data=tapped, follow_redirects=True)
        assert "zoe@gmail.com" in page.text
        assert event_types(desk) == ["registration.confirmed"]

    def test_the_same_form_sent_again_takes_the_address_as_it_is(self, visitor) -> None:
        entry = {**ENTRY, "p0-email": "zoe@gmial.com", "p0-workshop-0": "b"}
        page = visitor.post("/c/day/register", data=entry, follow_redirects=True)
        asked = re.search(r'name="p0-email-asked" value="([^"]+)"', page.text)
        assert asked
        again = visitor.post("/c/day/register", data={**entry, "p0-email-asked": asked[1]})
        assert again.status_code == 303
        mine = again.headers["location"].partition("?")[0]
        fields = {"first_name": "Zoé", "last_name": "N’Diaye", "email": "zoe@gmial.com"}
        assert visitor.post(f"{mine}/details", data=fields).status_code == 303
        other = {**fields, "email": "zoe@hotmial.fr"}
        page = visitor.post(f"{mine}/details", data=other)
        assert "Did you mean zoe@hotmail.fr?" in seen(page)
        taken = visitor.post(f"{mine}/details", data={**other, "email-asked": "zoe@hotmial.fr"})
        assert "zoe@hotmial.fr" in seen(taken)

    def test_who_is_registered_is_not_told_but_sent_to_them(self, visitor, desk) -> None:
        entry = {**ENTRY, "p0-workshop-0": "b"}
        visitor.post("/c/day/register", data=entry)
        twice = {**entry, "key": "another"}
        again = visitor.post("/c/day/register", data=twice, follow_redirects=True)
        assert "If this address is registered for this day already" in seen(again)
        assert "Someone of this name" not in seen(again)
        assert 'name="action" value="link:p0"' in again.text
        asked = {**twice, "known": "p0", "action": "link:p0"}
        sent = visitor.post("/c/day/register", data=asked, follow_redirects=True)
        assert "an email with the link is on its way" in seen(sent)
        assert 'value="zoe@example.org"' in sent.text, "nothing typed is lost"
        assert event_types(desk)[-1] == "registration.link-requested"


class TestOwnRegistration:
    def test_whoever_waits_is_promised_what_is_sent(self, visitor, desk) -> None:
        register(desk, "day", someone(1, "a"))
        entry = {**ENTRY, "p0-workshop-0": "wait:a"}
        page = visitor.post("/c/day/register", data=entry, follow_redirects=True)
        assert "The badge comes with your place" in seen(page)
        assert "Show this code at the door" not in seen(page)
        entry = {**ENTRY, "key": "other", "p0-email": "y@example.org", "p0-workshop-0": "b"}
        page = visitor.post("/c/day/register", data=entry, follow_redirects=True)
        assert "with your badge" in seen(page)
        assert "Show this code at the door" in seen(page)

    def test_whoever_asks_is_named_and_comes_back_to_their_page(self, visitor, mine) -> None:
        page = visitor.get(f"{mine}/colleagues")
        assert "says that Zoé N’Diaye registered them" in seen(page)
        entry = {**ENTRY, "key": "other", "p0-email": "y@example.org", "p0-workshop-0": "b"}
        sent = visitor.post(f"{mine}/colleagues", data=entry)
        assert sent.headers["location"] == f"{mine}?colleagues=1"
        assert "1 colleague is registered too" in seen(visitor.get(sent.headers["location"]))
        visitor.post(f"{mine}/cancel")
        assert visitor.get(f"{mine}/colleagues").headers["location"] == "/c/day/register"

    def test_no_link_of_a_stranger_s_making_is_followed(self, visitor) -> None:
        entry = {**ENTRY, "first": "//elsewhere.example", "done": "Somebody"}
        assert visitor.post("/c/day/register", data=entry).headers["location"].startswith("/r/")
        assert "elsewhere" not in visitor.post("/c/day/register", data=entry).headers["location"]

    def test_a_swap_keeps_the_place_until_the_other_is_granted(self, visitor, desk) -> None:
        register(desk, "day", someone(1, "a"))
        entry = {**ENTRY, "p0-workshop-0": "b"}
        mine = visitor.post("/c/day/register", data=entry).headers["location"].partition("?")[0]
        wanted = {"workshop-0": "wait:a"}
        page = visitor.post(f"{mine}/sessions", data=wanted, follow_redirects=True)
        assert "Your changes are saved" in seen(page)
        assert "Number 1 on the waitlist" in seen(page)
        assert "Your place" in seen(page)

    def test_everything_it_can_be_asked_for(self, visitor, mine, desk) -> None:
        assert visitor.get(f"{mine}/calendar.ics").text.startswith("BEGIN:VCALENDAR")
        assert visitor.get(f"{mine}/data.json").json()["registration"]["email"] == "zoe@example.org"
        details = {"first_name": "Zoë", "last_name": "Ndiaye", "organisation": "Ville"}
        page = visitor.post(f"{mine}/details", data=details, follow_redirects=True)
        assert "Zoë Ndiaye" in seen(page)
        visitor.get(f"{mine}/cancel")
        visitor.get(f"{mine}/erase")
        assert event_types(desk) == ["registration.confirmed", "registration.changed"]
        page = visitor.post(f"{mine}/cancel", follow_redirects=True)
        assert "This registration was cancelled" in seen(page)
        page = visitor.post(f"{mine}/erase", follow_redirects=True)
        assert "Your data have been erased" in seen(page)
        assert "Zoë" not in page.text

    @pytest.mark.parametrize("path", ["", "/cancel", "/data.json", "/badge.pdf", "/calendar.ics"])
    def test_a_link_that_was_changed_opens_nothing(self, visitor, mine, path: str) -> None:
        assert visitor.get(f"{mine[:-2]}{path}").status_code == 404

    @pytest.mark.usefixtures("mine")
    def test_a_lost_link_is_sent_without_telling_who_is_known(self, visitor, desk) -> None:
        answers = [
            visitor.post("/c/day/my-link", data={"email": email})
            for email in ("ZOE@example.org", "nobody@example.org")
        ]
        assert answers[0].text == answers[1].text
        assert event_types(desk)[1:] == ["registration.link-requested"]
        pages = {
            visitor.post("/c/day/my-link", data={"email": "zoe@example.org"}).text for _ in range(6)
        }
        assert pages == {answers[0].text}, "nobody learns how often it was asked for"
        assert event_types(desk)[1:] == ["registration.link-requested"] * 3, "three an hour"

    @pytest.mark.usefixtures("mine")
    def test_links_that_nobody_is_sent_do_not_use_up_the_day_s(
        self, visitor, desk, monkeypatch
    ) -> None:
        monkeypatch.setattr(lost_link, "LINKS_OF_CONFERENCE", Limit("of a day", most=2, every=900))
        for number in range(3):
            visitor.post("/c/day/my-link", data={"email": f"nobody{number}@example.org"})
        for _ in range(3):
            visitor.post("/c/day/my-link", data={"email": "zoe@example.org"})
        assert event_types(desk)[1:] == ["registration.link-requested"] * 2


class TestCertificate:
    """Its links are those that the certificates service told, and no others."""

    def issued(self, person, **more: Any) -> CertificateIssued:
        return CertificateIssued.model_construct(
            registration_id=person.id,
            attendance_version=1,
            code="3ACDE-FGHJK",
            download_url="https://emarge.example/the-document",
            verify_url="https://emarge.example/verify/3ACDE-FGHJK",
            issued_at=now(),
            **more,
        )

    @pytest.mark.parametrize("more", [{"page_url": "https://emarge.example/all-of-them"}, {}])
    def test_the_page_of_all_is_shown_where_it_is_known(self, visitor, desk: Desk, more) -> None:
        person = register(desk, "day", someone(1, "a"))
        with desk.database.begin() as connection:
            remember_certificate(connection, self.issued(person, **more))
        page = visitor.get(f"/r/{desk.links.manage_token(person.id)}?lang=en").text
        assert 'href="https://emarge.example/the-document"' in page
        assert 'href="https://emarge.example/verify/3ACDE-FGHJK"' in page
        assert ("All my certificates" in page) is bool(more)
        assert ('href="https://emarge.example/all-of-them"' in page) is bool(more)
