"""What nobody can make the pages do, and who gets in where."""

import gzip
import re

import pytest

from services.registration.access.organisers import invite
from services.registration.desk import Desk
from tests.registration.pages.visits import ENTRY, event_types, seen


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


class TestSafety:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {},
        ],
    )
    def test_a_form_from_elsewhere_does_nothing(self, api, desk, headers) -> None:
        api.headers.pop("Origin", None)
        answer = api.post("/c/day/register", data=ENTRY, headers=headers)
        assert answer.status_code == 403
        assert not event_types(desk)

    def test_pages_allow_nothing_inline_and_no_frame(self, visitor, mine) -> None:
        for path in ("/", "/c/day", "/c/day/register", "/c/day/board", mine, "/checkin/day", "/x"):
            answer = visitor.get(path)
            policy = answer.headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            # A block of data is no code: no browser runs it, and the policy does not concern it.
            code = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", answer.text)
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", code)
            loaded = re.findall(r'\ssrc="[^"]*"|<link(?! rel="canonical")[^>]*>', answer.text)
            assert loaded
            assert [each for each in loaded if "//" in each] == []

    def test_the_head_of_a_page_has_no_body(self, visitor) -> None:
        answer = visitor.head("/c/day")
        assert answer.status_code == 200
        assert not answer.content

    def test_the_first_view_is_light(self, visitor) -> None:
        page = visitor.get("/c/day")
        parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
        sizes = [len(gzip.compress(page.content))]
        for part in parts:
            content = visitor.get(part).content
            sizes.append(len(gzip.compress(content)))
            fonts = re.findall(r'url\("([^"]+)"\)', content.decode())
            sizes += [len(visitor.get(f"/static/{font}").content) for font in fonts]
        assert len(sizes) > 5
        assert sum(sizes) < 60_000


class TestSigningIn:
    def test_a_link_signs_in_once(self, visitor, desk: Desk) -> None:
        token = invite(desk, "boss@example.org")
        for _ in range(2):  # looking at it is not using it
            visitor.get(f"/organiser/sign-in/{token}")
        assert visitor.get("/organiser").status_code == 403
        assert visitor.post(f"/organiser/sign-in/{token}").status_code == 303
        assert visitor.get("/organiser").status_code == 200
        visitor.post("/organiser/sign-out")
        assert visitor.get("/organiser").status_code == 403
        assert visitor.post(f"/organiser/sign-in/{token}").status_code == 403

    def test_a_cookie_made_up_is_no_key(self, visitor) -> None:
        visitor.cookies.set("emarge", "organiser:1.ZZZZZZ.forged")
        assert visitor.get("/organiser").status_code == 403

    def test_what_staff_may_not_see(self, visitor, as_staff) -> None:
        as_staff()
        assert visitor.get("/checkin/day").status_code == 200
        for path in ("", "/registrations", "/registrations.csv", "/close", "/sign-in-sheet.pdf"):
            assert visitor.get(f"/organiser/day{path}").status_code == 403

    def test_a_key_taken_back_closes_the_door(self, visitor, desk, as_staff) -> None:
        as_staff()
        with desk.database.begin() as connection:
            connection.exec_driver_sql("UPDATE api_token SET revoked_at = '2019-11-07 00:00:00'")
        assert "The organiser gives it to you" in seen(visitor.get("/checkin/day"))
