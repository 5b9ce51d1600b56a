"""The door, and the organiser's pages."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from services.registration.day.closing import close_day
from services.registration.day.writing import Wish, write_presence
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM
from services.registration.people.erasing import erase
from services.registration.people.known_certificates import remember_certificate
from services.registration.seats.answers import Registered
from services.registration.seats.registering import register
from shared.base.clock import now
from shared.events.certificates import CertificateIssued
from tests.registration.days import someone
from tests.registration.pages.visits import event_types, seen


class TestDoor:
    @pytest.fixture(autouse=True)
    def _today(self, open_day, as_staff) -> None:
        open_day(1, 2, on=now().date())
        as_staff()

    def scan(self, visitor, code: str, **fields: str) -> str:
        answer = visitor.post("/checkin/day", data={"code": code, **fields}, follow_redirects=True)
        return seen(answer)

    def someone_registered(self, desk: Desk, number: int, session: str) -> str:
        application = someone(number, session, waitlist=True, by_staff=True)
        return register(desk, "day", application).code

    def test_what_the_volunteer_is_told(self, visitor, desk, open_day) -> None:
        open_day(1, 2)
        code = self.someone_registered(desk, 1, "a")
        waiting = self.someone_registered(desk, 2, "a")
        open_day(1, 2, on=now().date())
        assert "Misread" in self.scan(visitor, "ABC")
        assert "Unknown" in self.scan(visitor, "33333-33333")
        assert "Wrong workshop" in self.scan(visitor, code, door="b")
        assert "Welcome Zoé N’Diaye" in self.scan(visitor, code.lower())
        assert "Already in" in self.scan(visitor, code)
        assert "Goodbye" in self.scan(visitor, code, direction="out")
        assert "On the waitlist" in self.scan(visitor, waiting)
        assert "On the waitlist" in self.scan(visitor, waiting, door="a")
        assert "Number 1 on its waitlist" in self.scan(visitor, waiting, door="a")
        assert "Not registered for the party" in self.scan(visitor, code, door="party")
        assert "Not registered for this meal" in self.scan(visitor, code, door="lunch")
        assert "Welcome" in self.scan(visitor, waiting, anyway="yes")
        assert event_types(desk).count("attendance.recorded") == 3

    def test_an_answer_to_a_form_leads_to_the_form_in_another_language(self, visitor) -> None:
        own = str(visitor.base_url).rstrip("/")
        for referer, page in (
            (f"{own}/checkin/day?door=a", "/checkin/day?door=a&amp;lang=fr"),
            ("https://else.example/checkin/day", "/organiser/sign-in?lang=fr"),
            (f"{own}//else.example/", "/else.example/?lang=fr"),
        ):
            answer = visitor.post("/organiser/sign-in", data={}, headers={"Referer": referer})
            assert answer.status_code == 422
            assert f'href="{page}"' in answer.text

    def test_only_what_the_door_has_said_is_shown(self, visitor, desk) -> None:
        code = self.someone_registered(desk, 1, "a")
        answer = visitor.post("/checkin/day", data={"code": code})
        location = answer.headers["location"]
        assert answer.status_code == 303
        assert "N’Diaye" not in location
        assert code not in location
        assert "Welcome" in seen(visitor.get(location))
        forged = location.replace("said=", "said=x")
        assert "Ready" in seen(visitor.get(forged))

    def test_scans_that_a_script_got_wrong_are_told_by_field(self, visitor) -> None:
        answer = visitor.post("/checkin/day/scans", json={"scans": [{"id": "x"}]})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert "/scans/0/code" in [fault["pointer"] for fault in answer.json()["errors"]]
        as_json = {"Content-Type": "application/json"}
        answer = visitor.post("/checkin/day/scans", content="{", headers=as_json)
        assert answer.json()["code"] == "invalid-json"

    def test_names_are_found_without_accents(self, visitor, desk) -> None:
        self.someone_registered(desk, 1, "a")
        assert "Check in Zoé N’Diaye" in seen(visitor.get("/checkin/day?q=n’diaye zoe"))

    def test_no_address_is_told_nor_found_by(self, visitor, desk) -> None:
        self.someone_registered(desk, 1, "a")
        [person] = visitor.get("/checkin/day/list.json").json()["people"]
        assert "=zoendiaye " in person["sought"]
        assert "z1" not in str(person)
        assert "Zoé N’Diaye" in seen(visitor.get("/checkin/day?q=ndiaye"))
        assert "Zoé N’Diaye" not in seen(visitor.get("/checkin/day?q=z1@"))

    def test_whoever_walks_in_is_registered_and_let_in(self, visitor) -> None:
        fields = {"first_name": "Ali", "last_name": "Roy", "email": "ali@example.org"}
        answer = visitor.post("/checkin/day/walk-in", data={**fields, "workshop-0": "a"})
        assert answer.status_code == 303
        for language, said in (("fr", "Bienvenue Ali Roy"), ("en", "Welcome Ali Roy")):
            assert said in seen(visitor.get(f"{answer.headers['location']}&lang={language}"))

    def test_what_is_wrong_on_the_sheet_is_said_on_a_page_that_can_be_read_again(
        self, visitor
    ) -> None:
        answer = visitor.post("/checkin/day/walk-in", data={"email": "x", "door": "a"})
        assert answer.status_code == 303
        for language, said in (("fr", "Pas inscrit"), ("en", "Not registered")):
            page = visitor.get(f"{answer.headers['location']}&lang={language}")
            assert said in seen(page)
        assert "This is not an email address" in seen(page)
        assert page.text.count('aria-invalid="true"') == 2
        assert 'value="x"' in page.text
        assert "autofocus" in page.text
        assert "Ready" in seen(visitor.get("/checkin/day"))

    def test_the_sheet_of_a_walk_in_ends_with_the_sign_in(self, visitor) -> None:
        visitor.post("/checkin/day/walk-in", data={"email": "x", "door": "a"})
        kept = [each.path for each in visitor.cookies.jar if each.name.endswith("emarge-form")]
        assert kept == ["/checkin/day/walk-in"]
        visitor.post("/checkin/day/sign-out")
        assert not any(each.name.endswith("emarge-form") for each in visitor.cookies.jar)

    def test_a_full_workshop_is_said_in_either_language(self, visitor, desk) -> None:
        self.someone_registered(desk, 1, "a")
        answer = visitor.post("/checkin/day/walk-in", data={"last_name": "Roy", "workshop-0": "a"})
        for language, said in (
            ("fr", "Il n’y a plus de place dans"),
            ("en", "There is no place left in"),
        ):
            assert said in seen(visitor.get(f"{answer.headers['location']}&lang={language}"))

    def test_who_may_be_meant_is_offered_before_another_is_registered(self, visitor, desk) -> None:
        self.someone_registered(desk, 1, "b")
        fields = {"first_name": "zoe", "last_name": "n’diaye", "workshop-0": "b", "door": "b"}
        answer = visitor.post("/checkin/day/walk-in", data=fields)
        page = visitor.get(answer.headers["location"])
        assert "Registered already?" in seen(page)
        assert "Check in Zoé N’Diaye" in seen(page)
        answer = visitor.post("/checkin/day/walk-in", data={**fields, "another": "yes"})
        assert "Welcome zoe n’diaye" in seen(visitor.get(answer.headers["location"]))

    def test_the_session_of_the_door_is_chosen(self, visitor) -> None:
        page = visitor.get("/checkin/day/walk-in?door=b").text
        assert re.search(r'value="b"[^>]*checked', page)
        page = visitor.get("/checkin/day/walk-in?door=party").text
        assert re.search(r'value="party"[^>]*checked', page)

    def test_a_day_counts_who_is_in_at_each_door(self, visitor, desk) -> None:
        code = self.someone_registered(desk, 1, "a")
        self.someone_registered(desk, 2, "b")
        assert "Inside: 0 of 2" in seen(visitor.get("/checkin/day"))
        assert "Inside: 1 of 1" in self.scan(visitor, code, door="a")
        answer = visitor.get("/checkin/day/list.json").json()
        assert answer["counts"]["a"] == {"present": 1, "expected": 1}
        assert answer["counts"][""] == {"present": 1, "expected": 2}
        assert answer["counts"]["opening"] == {"present": 0, "expected": 2}


class TestOrganiser:
    def test_the_table_is_searched_filtered_and_paged(self, organiser, desk) -> None:
        for number in range(1, 4):
            register(desk, "day", someone(number, "b", waitlist=True))
        assert "3 registrations" in seen(organiser.get("/organiser/day/registrations"))
        for query, count in {
            "q=z2@": "1 registration ",
            "q=N%E2%80%99DIAYE z3": "1 registration ",
            "q=%25": "0 registrations",
            "status=waitlisted": "1 registration ",
            "session=a": "0 registrations",
            "order=name&page=99": "3 registrations",
        }.items():
            page = organiser.get(f"/organiser/day/registrations?{query}")
            assert count in seen(page), query

    def test_capacities_are_checked_and_people_moved(self, organiser, desk) -> None:
        person = register(desk, "day", someone(1, "a"))
        page = organiser.post("/organiser/day/sessions/a/capacity", data={"capacity": "0"})
        assert "already has 1 people" in seen(page)
        page = organiser.post("/organiser/day/sessions/a/capacity", data={"capacity": "many"})
        assert "A capacity is a whole number" in seen(page)
        organiser.post("/organiser/day/sessions/a/capacity", data={"capacity": ""})
        assert desk.programmes.fresh("day").by_slug["a"].capacity is None
        organiser.post("/organiser/day/sessions/a/capacity", data={"capacity": "7"})
        assert desk.programmes.fresh("day").by_slug["a"].capacity == 7
        here = f"/organiser/day/registrations/{person.id}"
        organiser.post(f"{here}/sessions", data={"workshop-0": "b", "option": "party"})
        assert desk.programmes.fresh("day").by_slug["b"].taken == 1
        page = organiser.post(f"{here}/cancel", follow_redirects=True)
        assert "Cancelled" in seen(page)

    def test_a_programme_with_mistakes_names_their_lines(self, organiser) -> None:
        file = {"programme": ("day.yaml", b"slug: Not a slug\ntitle: x\n")}
        answer = organiser.post("/organiser/import", files=file)
        assert answer.status_code == 422
        assert "line 1: slug must be lower-case letters" in seen(answer)

    def test_a_programme_comes_back_as_it_went(self, organiser, open_day) -> None:
        before = open_day(3, 4)
        source = organiser.get("/organiser/day/programme.yaml").content
        answer = organiser.post("/organiser/import", files={"programme": ("day.yaml", source)})
        assert answer.status_code == 303
        after = open_day(3, 4)
        assert after.sessions == before.sessions
        assert organiser.get("/organiser/day/programme.yaml").content == source

    def test_closing_says_what_will_happen_first(self, organiser, desk, open_day) -> None:
        assert "can be closed from" in seen(organiser.get("/organiser/day/close"))
        open_day(1, 2, on=now().date())
        assert "0 people who were present receive" in seen(organiser.get("/organiser/day/close"))
        assert desk.programmes.fresh("day").closed_at is None
        organiser.post("/organiser/day/close")
        assert desk.programmes.fresh("day").closed_at is not None

    def test_a_key_for_the_door_works(self, organiser) -> None:
        page = organiser.post("/organiser/day/door-key")
        link = re.search(r"/checkin/day/sign-in/[\w-]+", page.text)
        assert link
        organiser.post("/organiser/sign-out")
        organiser.get(link[0])
        token = link[0].rpartition("/")[2]
        organiser.post("/checkin/day/sign-in", data={"token": token})
        assert "Ready" in seen(organiser.get("/checkin/day"))

    def test_badges_are_offered_by_the_file(self, organiser, desk) -> None:
        register(desk, "day", someone(1, "a"))
        assert "1 badge, PDF" in seen(organiser.get("/organiser/day/badges?labels=a7"))
        answer = organiser.get("/organiser/day/badges.pdf?labels=a7")
        assert answer.content.startswith(b"%PDF")
        assert organiser.get("/organiser/day/badges.pdf?labels=a0").status_code == 404
        assert organiser.get("/organiser/day/badges.pdf?labels=a7&part=2").status_code == 404

    def test_charts_say_the_same_as_a_table(self, organiser, desk) -> None:
        assert "Nobody has registered yet" in seen(organiser.get("/organiser/day/charts"))
        register(desk, "day", someone(1, "a"))
        page = organiser.get("/organiser/day/charts")
        assert page.text.count("<rect") == 1
        assert "1 registration that is not cancelled" in seen(page)


class TestCertificateOfAPerson:
    """What the organiser is told of somebody's certificate, from before the day to the end."""

    @pytest.fixture
    def person(self, open_day, desk) -> Registered:
        open_day(2, 2, on=now().date() - timedelta(days=1))
        return register(desk, "day", someone(1, "a", waitlist=True, by_staff=True))

    def told(self, organiser, person: Registered) -> str:
        return seen(organiser.get(f"/organiser/day/registrations/{person.id}"))

    def test_whoever_did_not_come_gets_none(self, organiser, person, desk) -> None:
        assert "Once the day is closed" in self.told(organiser, person)
        close_day(desk, "day")
        assert "Was not present: none is issued" in self.told(organiser, person)

    def test_erased_there_is_none_to_be_issued(self, organiser, person, desk) -> None:
        morning = datetime.combine(now().date() - timedelta(days=1), time(11), UTC)
        there = (morning, morning + timedelta(hours=1))
        write_presence(desk, person.id, Wish("a", there, "the paper sheet", SYSTEM))
        close_day(desk, "day")
        erase(desk, person.id)
        told = self.told(organiser, person)
        assert "None any more: the data are erased" in told
        assert "To be issued" not in told

    def test_it_is_to_be_issued_and_then_is(self, organiser, person, desk) -> None:
        morning = datetime.combine(now().date() - timedelta(days=1), time(11), UTC)
        there = (morning, morning + timedelta(hours=1))
        write_presence(desk, person.id, Wish("a", there, "the paper sheet", SYSTEM))
        close_day(desk, "day")
        assert "To be issued" in self.told(organiser, person)
        issued = CertificateIssued.model_construct(  # type: ignore[call-arg]  # only what is looked at
            registration_id=person.id,
            attendance_version=1,
            code="3ACDE-FGHJK",
            download_url="https://emarge.example/certificates/c.pdf?key",
            verify_url="https://emarge.example/verify/3ACDE-FGHJK",
            issued_at=now(),
        )
        with desk.database.begin() as connection:
            remember_certificate(connection, issued)
        assert "Issued on" in self.told(organiser, person)
        page = organiser.get(f"/organiser/day/registrations/{person.id}").text
        assert 'href="/organiser/day/certificates/of/3ACDE-FGHJK"' in page
