"""A badge that counts no more is found out by whoever verifies it; nothing else is."""

import gzip
import json
import threading
from base64 import urlsafe_b64decode

import httpx
import pytest
from openbadgeslib.ob3 import OB3VerificationError
from sqlalchemy import func, insert, select

from services.certificates.badges.seal import Seal
from services.certificates.badges.statusbook import StatusBook
from services.certificates.badges.statuses import SIZE, list_of
from services.certificates.badges.statuslist import encoded
from services.certificates.base.tables import SignedStatusList, StatusEntry
from services.certificates.issuing import reissuing
from shared.base.database import Database
from shared.events.registration import AttendanceCertified
from tests.certificates.badges.test_badges import badge
from tests.certificates.badges.verifiers import verify_json, verify_token
from tests.certificates.service_doubles import BADGE_KEY, PUBLIC_URL, House, certified, erased

LIST = "/api/certificates/status/0.json"


def set_bits(browser: httpx.Client, path: str = LIST) -> set[int]:
    subject = browser.get(path).raise_for_status().json()["credentialSubject"]
    bits = gzip.decompress(urlsafe_b64decode(subject["encodedList"][1:] + "=="))
    assert len(bits) * 8 == SIZE
    return {
        place * 8 + bit
        for place, byte in enumerate(bits)
        for bit in range(8)
        if byte & (0x80 >> bit)
    }


def both(house: House, browser: httpx.Client) -> tuple[str, str]:
    return badge(house, browser, "jwt"), badge(house, browser, "json")


def counts(browser: httpx.Client, forms: tuple[str, str]) -> bool:
    """Whether both forms verify; each that does not says that it is revoked."""
    said = []
    for form, verify in zip(forms, (verify_token, verify_json), strict=True):
        try:
            verify(browser, form)
        except OB3VerificationError as error:
            said.append(str(error))
    assert len(said) in (0, 2)
    assert all("'revocation' is set" in each for each in said)
    return not said


def test_revoked_is_revoked_and_nobody_else_is(house: House, browser: httpx.Client) -> None:
    house.issue(certified("r-1"), certified("r-2"))
    forms = both(house, browser)
    assert counts(browser, forms)
    assert set_bits(browser) == set()
    house.revoke(house.code("r-1"))
    assert house.work() == 1
    assert not counts(browser, forms)
    assert len(set_bits(browser)) == 1


def test_a_corrected_name_ends_the_badge_of_before(house: House, browser: httpx.Client) -> None:
    house.issue(certified(first_name="Zoe"))
    before = both(house, browser)
    house.issue(certified(attendance_version=2))
    assert not counts(browser, before)
    link = house.link(attendance_version=2)
    assert verify_token(browser, browser.get(link.replace(".pdf?", ".jwt?")).text)


def test_who_was_not_there_after_all_has_none(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    before = both(house, browser)
    nobody = certified(attendance_version=2, sessions=0)
    assert isinstance(nobody.data, AttendanceCertified)
    house.issue(nobody)
    assert not counts(browser, before)


def test_an_erased_person_has_none_and_nothing_says_who(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    before = both(house, browser)
    house.issue(erased())
    assert not counts(browser, before)
    assert "Zoë" not in browser.get(LIST).text


def test_a_new_file_of_the_same_certificate_ends_nothing(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    before = both(house, browser)
    reissuing.ask_for_one(house.database, house.code())
    house.work()
    assert counts(browser, before)
    assert counts(browser, both(house, browser))
    assert set_bits(browser) == set()


def test_a_revoked_one_made_again_is_another_one(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    before = both(house, browser)
    house.revoke(house.code())
    reissuing.ask_for_one(house.database, house.code())
    house.work()
    assert not counts(browser, before)
    assert counts(browser, both(house, browser))


def test_a_list_may_be_kept_for_seconds_and_is_sent_once(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    for form in ("json", "jwt"):
        path = LIST.replace("json", form)
        first = browser.get(path)
        assert first.headers["cache-control"] == "public, max-age=5"
        assert first.headers["access-control-allow-origin"] == "*"
        tag = {"If-None-Match": first.headers["etag"]}
        assert browser.get(path, headers=tag).status_code == 304
    house.revoke(house.code())
    house.work()
    assert browser.get(path, headers=tag).status_code == 200
    assert browser.get("/api/certificates/status/1.json").status_code == 404


def test_many_changes_are_signed_once(house: House, browser: httpx.Client) -> None:
    house.issue(*(certified(f"r-{number}") for number in range(12)))
    moments = set()
    real = StatusBook.sign

    def counted(book: StatusBook, connection: object, number: int) -> None:
        moments.add(number)
        signed.append(number)
        real(book, connection, number)  # type: ignore[arg-type]  # a connection

    signed: list[int] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StatusBook, "sign", counted)
        for number in range(12):
            house.revoke(house.code(f"r-{number}"))
        house.work()
    assert len(set_bits(browser)) == 12
    assert signed == [0]


def test_the_next_list_begins_where_the_first_is_full(house: House, browser: httpx.Client) -> None:
    with house.database.begin() as connection:
        connection.execute(insert(StatusEntry).values(number=SIZE - 1, certificate_id="full"))
    house.issue(certified())
    with house.database.read() as connection:
        number = connection.execute(select(func.max(StatusEntry.number))).scalar_one()
        lists = connection.execute(select(SignedStatusList.number)).scalars().all()
    assert (list_of(number), list(lists)) == (1, [1])
    forms = both(house, browser)
    assert counts(browser, forms)
    house.revoke(house.code())
    house.work()
    assert not counts(browser, forms)
    assert set_bits(browser, "/api/certificates/status/1.json") == {0}


def test_the_leftmost_bit_is_the_first() -> None:
    bits = gzip.decompress(urlsafe_b64decode(encoded([0, 9])[1:] + "=="))
    assert bits[:2] == bytes((0b1000_0000, 0b0100_0000))


class TestAtOnce:
    """On each database."""

    @pytest.fixture(params=["sqlite_url", "postgres_url"])
    def database_url(self, request: pytest.FixtureRequest) -> str:
        url: str = request.getfixturevalue(request.param)
        return url

    @pytest.mark.usefixtures("house")
    def test_each_certificate_has_a_number_of_its_own_and_always_the_same(
        self, database_url: str
    ) -> None:
        found: list[tuple[str, int]] = []
        together = threading.Barrier(4)

        def reserve() -> None:
            database = Database.open(database_url)
            book = StatusBook(database, Seal(PUBLIC_URL, BADGE_KEY))
            together.wait()
            found.extend((name, book.number(name)) for name in map(str, range(25)))
            database.close()

        threads = [threading.Thread(target=reserve) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 100
        assert len(set(found)) == 25
        assert len({number for _, number in found}) == 25


def test_an_address_of_before_goes_on_answering(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    token, _ = both(house, browser)
    now_at = "https://badges.example:8443"
    house.seal(Seal(now_at, BADGE_KEY))
    assert house.work() == 1
    assert verify_token(browser, token), "as it was signed, under the address of before"
    house.issue(certified("r-2"))
    with house.database.read() as connection:
        known = connection.execute(select(SignedStatusList.origin)).scalars().all()
    assert sorted(known) == sorted([now_at, PUBLIC_URL])
    newer = browser.get(house.link("r-2").replace(".pdf?", ".jwt?")).text
    assert verify_token(browser, newer, "did:web:badges.example%3A8443")
    house.revoke(house.code("r-1"))
    house.work()
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        verify_token(browser, token)


def test_a_list_is_signed_with_the_new_key_as_soon_as_there_is_one(
    house: House, browser: httpx.Client
) -> None:
    from tests.certificates.badges.conftest import seal_with

    house.issue(certified())
    before = both(house, browser)
    old = json.loads(browser.get(LIST).text)["validFrom"]
    house.seal(seal_with("ec"))
    assert house.work() == 1
    assert json.loads(browser.get(LIST).text)["validFrom"] >= old
    assert counts(browser, before)
    house.issue(certified("r-2"))
    newer = browser.get(house.link("r-2").replace(".pdf?", ".jwt?")).text
    assert verify_token(browser, newer)
