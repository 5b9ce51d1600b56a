"""Writing to a group, and changing what the emails say: what the organiser sees and gets."""

import re
from html import unescape
from uuid import uuid4

import pytest

from services.notifications.occasions import announcements
from services.notifications.writing.samples import SAMPLE_CODE, SAMPLE_LINK
from shared.handouts.qr import qr_png
from shared.words.codes import parse_code
from tests.notifications.day import person, place, told
from tests.notifications.pages.conftest import HERE
from tests.notifications.pages.test_pages_deliveries import seen

NEWS = {"subject": "Salle 12", "body": "Bonjour {{ first_name }}", "audience": "confirmed"}


@pytest.fixture(autouse=True)
def _registered(office) -> None:
    office.hear(told(place(person=person(first_name="Zoé<b>"))))


class TestMessages:
    def test_from_the_first_word_to_the_last_email(self, office, organiser) -> None:
        page = organiser.post(f"{HERE}/messages/new", data={**NEWS, "action": "send"})
        page = organiser.get(page.headers["location"])
        assert "1 person receives it, once" in seen(page)
        assert len(office.mails) == 1
        sent = organiser.post(page.url.path)
        assert organiser.post(page.url.path).status_code == 303  # pressed twice
        assert "0 of 1 done" in seen(organiser.get(sent.headers["location"]))
        office.work()
        assert "1 of 1 done" in seen(organiser.get(sent.headers["location"]))
        assert [mail["Subject"] for mail in office.mails][1:] == ["Salle 12"]
        assert "Message" in seen(organiser.get(f"{HERE}?kind=announcement"))

    def test_a_fault_is_told_with_its_line_and_nothing_is_lost(self, organiser) -> None:
        wrong = {**NEWS, "body": "Bonjour\n{{ prenom }}", "action": "send"}
        page = organiser.post(f"{HERE}/messages/new", data=wrong)
        assert page.status_code == 422
        assert "Line 2: There is no placeholder called prenom." in unescape(page.text)
        assert "Bonjour\n{{ prenom }}</textarea>" in page.text

    def test_a_test_goes_to_who_writes(self, office, organiser) -> None:
        organiser.post(f"{HERE}/messages/new", data={**NEWS, "action": "try"})
        office.work()
        mail = office.mails[-1]
        assert mail["To"].addresses[0].addr_spec == "boss@example.org"
        assert mail["Subject"] == "[Test] Salle 12"
        assert "Zoé<b>" in mail.get_body(("plain",)).get_content()

    def test_a_test_opens_nobody_s_registration(self, office, organiser) -> None:
        body = "{{ badge }}\n\n[Ma place]({{ link }})\n\n{{ code }}"
        organiser.post(f"{HERE}/messages/new", data={**NEWS, "body": body, "action": "try"})
        office.work()
        mail = office.mails[-1]
        seen = mail.get_body(("plain",)).get_content() + mail.get_body(("html",)).get_content()
        assert SAMPLE_CODE in seen
        assert f"https://emarge.example/r/{SAMPLE_LINK}" in seen
        for real in (place().code, place().manage_url.rpartition("/")[2]):
            assert real not in seen
        [picture] = (part for part in mail.walk() if part.get_content_type() == "image/png")
        assert picture.get_content() == qr_png(SAMPLE_CODE)
        assert parse_code(SAMPLE_CODE, 10, 5) is None

    def test_a_draft_waits_and_can_be_thrown_away(self, office, organiser) -> None:
        page = organiser.post(f"{HERE}/messages/new", data={**NEWS, "action": "save"})
        [number] = re.findall(r"messages/(\d+)", page.headers["location"])
        assert "Draft" in seen(organiser.get(f"{HERE}/messages"))
        organiser.post(f"{HERE}/messages/{number}/discard")
        assert organiser.get(f"{HERE}/messages/{number}").status_code == 404
        with office.database.read() as connection:
            assert announcements.listed(connection, "journee-nationale-2019") == []


class TestPeopleChosenOneByOne:
    def test_they_and_nobody_else_receive_it(self, office, organiser) -> None:
        others = [str(uuid4()) for _ in range(2)]
        for number, registration_id in enumerate(others):
            someone = person(email=f"other.{number}@example.org")
            office.hear(told(place(registration_id=registration_id, person=someone)))
        before = len(office.mails)
        page = organiser.post(f"{HERE}/messages/for", data={"people": others[1]})
        address = page.headers["location"]
        assert "Those chosen in the table (1)" in seen(organiser.get(address))
        words = {**NEWS, "audience": "people", "action": "send"}
        page = organiser.get(organiser.post(address, data=words).headers["location"])
        assert "1 person receives it, once" in seen(page)
        organiser.post(page.url.path)
        office.work()
        assert [mail["To"].addresses[0].addr_spec for mail in office.mails[before:]] == [
            "other.1@example.org"
        ]

    @pytest.mark.parametrize(
        "people", ["", "nobody", "' OR 1", " ".join(str(uuid4()) for _ in range(501))]
    )
    def test_who_cannot_be_meant_is_refused(self, organiser, people: str) -> None:
        assert organiser.post(f"{HERE}/messages/for", data={"people": people}).status_code == 422


class TestPreview:
    def test_it_shows_a_real_person_and_cannot_do_harm(self, organiser) -> None:
        body = "# Hi {{ first_name }}\n\n<script>alert(1)</script>\n\n{{ badge }}"
        form = {"kind": "announcement", "subject": "S", "body": body}
        page = organiser.post(f"{HERE}/preview", data=form)
        policy = page.headers["content-security-policy"]
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        [frame] = re.findall(r'srcdoc="([^"]*)"', page.text)
        html = unescape(frame)
        assert "Hi Zoé&lt;b&gt;" in html
        assert "<script" not in html
        assert 'src="data:image/png;base64,' in html
        assert 'sandbox=""' in page.text

    def test_a_fault_is_shown_instead(self, organiser) -> None:
        form = {"kind": "reminder", "language": "fr", "subject": "S", "body": "\n{% if %}"}
        assert "Line 2: This is not understood" in seen(
            organiser.post(f"{HERE}/preview", data=form)
        )

    def test_somebody_else_can_be_chosen(self, office, organiser) -> None:
        office.hear(told(place(registration_id="r2", person=person(first_name="Ali"))))
        form = {"subject": "S", "body": "Hi {{ first_name }}", "person": "zoe"}
        assert "Hi Zoé" in organiser.post(f"{HERE}/preview", data=form).text
        form["person"] = "nobody at all"
        assert "Nobody like that" in seen(organiser.post(f"{HERE}/preview", data=form))


class TestWordings:
    ADDRESS = f"{HERE}/wordings/confirmed/fr"

    def save(self, organiser, body: str, action: str = "save"):
        form = {"subject": "Bienvenue", "body": body, "action": action}
        return organiser.post(self.ADDRESS, data=form)

    def test_it_begins_as_the_shipped_text_and_keeps_its_versions(self, organiser) -> None:
        page = organiser.get(self.ADDRESS)
        assert "Votre place est confirmée" in page.text
        self.save(organiser, "Première")
        self.save(organiser, "Seconde")
        page = organiser.get(self.ADDRESS)
        assert "Seconde</textarea>" in page.text
        first = re.findall(r"\?version=(\d+)", page.text)[1]
        assert "Première</textarea>" in organiser.get(f"{self.ADDRESS}?version={first}").text
        shipped = organiser.get(f"{self.ADDRESS}?version=0")
        assert "Votre place est confirmée" in shipped.text
        assert "Your own" in seen(organiser.get(f"{HERE}/wordings"))

    def test_only_what_can_be_written_is_saved(self, organiser) -> None:
        page = self.save(organiser, "Bonjour\n\n{{ first_name.nothing }}")
        assert page.status_code == 422
        assert "Line 3" in page.text
        page = self.save(
            organiser, "{% for s in sessions %}" * 3 + "x" * 19_000 + "{% endfor %}" * 3
        )
        assert page.status_code in (303, 422)
        assert "Shipped" in seen(organiser.get(f"{HERE}/wordings"))

    def test_it_is_tried_before_it_is_used(self, office, organiser) -> None:
        self.save(organiser, "Essai {{ first_name }}", "try")
        office.work()
        assert office.mails[-1]["Subject"] == "[Test] Bienvenue"
        assert "Your own" not in seen(organiser.get(f"{HERE}/wordings"))

    def test_what_was_typed_by_who_may_only_look_changes_nothing(self, visitor, sign_in) -> None:
        sign_in("viewer")
        assert self.save(visitor, "Non").status_code == 403
        page = visitor.get(self.ADDRESS)
        assert "Save and use" not in page.text
        assert visitor.get(f"{HERE}/wordings/announcement/fr").status_code == 404
