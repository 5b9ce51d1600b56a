"""What programs and organisers are told of certificates."""

import io
import json
import zipfile
from datetime import datetime, timedelta

import httpx
import pytest

from services.certificates.desk import GUESSES
from services.certificates.holding.visits import PLACE
from shared.base.clock import now
from shared.http.standing import TokenStanding
from shared.testing.standing import Answers
from tests.certificates.holders import FORM
from tests.certificates.service_doubles import ORGANISER, TOKEN, House, certified

UNKNOWN = "3333-3333-3333-3333"
ARCHIVE = "/api/certificates/conferences/journee-2026.zip"


class TestTheApi:
    def test_valid(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        answer = browser.get(f"/api/certificates/{house.code()}").json()
        assert answer["valid"] is True
        assert answer["holder"] == "Zoë Ñandú"
        assert answer["conference"]["title"] == "Journée nationale"
        assert [session["title"] for session in answer["sessions"]] == ["Atelier 1", "Atelier 2"]
        assert answer["minutes"] == 90
        assert "revoked_at" not in answer

    def test_revoked(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.revoke(house.code())
        answer = browser.get(f"/api/certificates/{house.code()}").json()
        assert (answer["valid"], answer["status"]) == (False, "revoked")
        revoked_at = datetime.fromisoformat(answer["revoked_at"])
        assert now() - revoked_at < timedelta(minutes=1)

    def test_superseded(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        answer = browser.get(f"/api/certificates/{house.code()}").json()
        assert (answer["valid"], answer["status"]) == (False, "superseded")
        assert answer["replaced"] is True
        assert answer["replaced_at"] == answer["superseded_at"]
        assert house.code(attendance_version=2) not in str(answer)
        assert "replaced" not in browser.get(f"/api/certificates/{house.code('r-1', 2)}").json()

    @pytest.mark.parametrize(
        ("code", "slug"), [(UNKNOWN, "unknown-certificate"), ("nope", "mistyped-code")]
    )
    def test_unknown(self, browser: httpx.Client, code: str, slug: str) -> None:
        answer = browser.get(f"/api/certificates/{code}")
        assert answer.status_code == 404
        assert answer.json()["type"] == f"/problems/{slug}"

    def test_the_feed_tells_of_it(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        assert browser.get("/events").status_code == 401
        page = browser.get("/events", headers={"Authorization": f"Bearer {TOKEN}"}).json()
        assert [event["type"] for event in page["events"]] == ["certificate.issued"]


class TestGuessing:
    def test_it_is_slowed_down_for_that_address_only(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        for _ in range(GUESSES.most):
            assert browser.get(f"/api/certificates/{UNKNOWN}").status_code == 404
        refused = browser.get(f"/api/certificates/{UNKNOWN}")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert browser.get(f"/verify/{UNKNOWN}").status_code == 429
        wrong = f"/certificates/{house.code()}"
        for each in (f"{wrong}.pdf?key=guess", f"{wrong}.json?key=guess", f"{wrong}?key=guess"):
            assert browser.get(each).status_code == 429
        another = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(
            base_url=browser.base_url, timeout=browser.timeout, transport=another
        ) as elsewhere:
            assert elsewhere.get(f"/api/certificates/{UNKNOWN}").status_code == 404

    def test_it_takes_away_from_nobody_what_is_theirs(
        self, house: House, browser: httpx.Client
    ) -> None:
        """Behind the address of somebody who guesses sits a whole venue."""
        house.issue(certified())
        while browser.get(f"/verify/{UNKNOWN}").status_code != 429:
            pass
        code, key = house.code(), house.record().link_key
        for each in (
            f"/api/certificates/{code}",
            f"/verify/{code}",
            house.link(),
            f"/certificates/{code}?key={key}",
        ):
            assert browser.get(each).status_code == 200
        form = {"code": code, "key": key}
        assert browser.post(PLACE, data=form, headers=FORM).status_code == 200
        form["key"] = "guess"
        assert browser.post(PLACE, data=form, headers=FORM).status_code == 429

    def test_who_checks_real_ones_never_notices(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        for _ in range(3 * GUESSES.most):
            assert browser.get(f"/api/certificates/{house.code()}").status_code == 200


class TestOrganisers:
    def test_all_documents_as_one_zip(self, house: House, browser: httpx.Client) -> None:
        house.issue(*(certified(f"r-{number}", last_name=f"Nom {number}") for number in range(5)))
        house.issue(certified("other", slug="other"))
        house.revoke(house.code("r-0"))
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {ORGANISER}"})
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
            assert opened.testzip() is None
            kept = {name: opened.read(name) for name in opened.namelist()}
        assert len(kept) == 4
        name = f"Nom 3 Zoë {house.code('r-3')}.pdf"
        assert kept[name] == house.file(house.record("r-3"))

    def test_names_that_no_file_may_have(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified(first_name='../..\\"<|>', last_name="محمد" * 60))
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {ORGANISER}"})
        (name,) = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert not set(name) & set('/\\"<|>')
        assert len(name) < 110
        assert name.endswith(f"{house.code()}.pdf")

    def test_a_conference_without_any_is_an_empty_zip(self, browser: httpx.Client) -> None:
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {ORGANISER}"})
        assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == []

    def test_where_each_person_stands(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        path = "/api/certificates/conferences/journee-2026"
        answer = browser.get(path, headers={"Authorization": f"Bearer {ORGANISER}"}).json()
        assert [(item["holder"], item["state"]) for item in answer["items"]] == [
            ("Zoë Ñandú", "issued")
        ]

    def test_the_service_token_opens_the_feed_alone(self, browser: httpx.Client) -> None:
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 401

    def test_a_token_that_is_for_something_else(
        self, browser: httpx.Client, registration: Answers
    ) -> None:
        headers = {"Authorization": f"Bearer {ORGANISER}"}
        for standing in (TokenStanding("organiser", "other"), TokenStanding("subscriber")):
            registration.tokens[ORGANISER] = standing
            assert browser.get(ARCHIVE, headers=headers).status_code == 403
        registration.tokens.clear()
        assert browser.get(ARCHIVE, headers=headers).status_code == 401

    def test_a_subscriber_reads_what_is_theirs_of_the_feed(
        self, house: House, browser: httpx.Client, registration: Answers
    ) -> None:
        house.issue(certified())
        headers = {"Authorization": f"Bearer {ORGANISER}"}
        assert browser.get("/events", headers=headers).status_code == 403, "an organiser's"
        for standing, count in (
            (TokenStanding("subscriber"), 1),
            (TokenStanding("subscriber", types=("certificate.issued",)), 1),
            (TokenStanding("subscriber", types=("certificate.revoked",)), 0),
            (TokenStanding("subscriber", "journee-2026"), 1),
            (TokenStanding("subscriber", "other"), 0),
        ):
            registration.tokens[ORGANISER] = standing
            page = browser.get("/events", headers=headers).json()
            assert len(page["events"]) == count, standing
            assert page["read_to"] == page["head"] == 1
            assert "key=" not in json.dumps(page), "nothing that opens anything"
        asked = browser.get("/events", params={"conference": "journee-2026"}, headers=headers)
        assert asked.status_code == 403

    def test_without_one_it_is_refused(self, browser: httpx.Client) -> None:
        assert browser.get(ARCHIVE).status_code == 401
