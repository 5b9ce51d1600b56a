"""What registration says later is followed: a corrected address, a draft that is deleted."""

from datetime import timedelta
from typing import Any

import pytest

from services.certificates.base.pauses import is_paused
from services.certificates.designs import publishing
from services.certificates.designs.publication import (
    Version,
    forget_designs,
    publish_template,
    published,
)
from services.certificates.engine import Template
from services.certificates.issuing import pausing, reissuing
from services.certificates.issuing.choices import Choice, choice_of, choose
from shared.events import Event, new_event
from shared.events.certificates import CertificateIssued
from shared.events.registration import (
    ConferenceCopied,
    ConferenceDeleted,
    RegistrationAddressCorrected,
)
from tests.certificates.service_doubles import House, certified


class TestReaddressing:
    def corrected(self, house: House, email: str) -> None:
        before = certified().data.person
        data = RegistrationAddressCorrected(
            registration_id="r-1",
            person=before,
            person_now=before.model_copy(update={"email": email}),
            manage_url="https://emarge.example/r/another",
            conference=certified().data.conference,
        )
        house.issue(new_event("registration", data, subject="r-1"))

    def test_what_is_told_later_goes_to_the_new_address(self, house: House) -> None:
        house.issue(certified(), certified("r-2"))
        self.corrected(house, "new@example.org")
        assert "zoe@example.org" not in repr(house.record("r-1").attendance)
        assert house.record("r-2").attended.person.email != "new@example.org"
        house.revoke(house.code("r-1"))
        reissuing.ask_for_one(house.database, house.code("r-1"))
        house.work()
        told = CertificateIssued.model_validate(house.published()[-1]["data"])
        assert told.person.email == "new@example.org"

    def test_what_was_put_aside_too(self, house: House) -> None:
        pausing.pause(house.database)
        house.issue(certified())
        self.corrected(house, "new@example.org")
        pausing.resume(house.database)
        house.work()
        assert house.record("r-1").attended.person.email == "new@example.org"


def deleted(since: timedelta = timedelta()) -> Event[ConferenceDeleted]:
    """A draft was, that long ago."""
    event = new_event("registration", ConferenceDeleted(conference="gone"))
    return event.model_copy(update={"time": event.time - since})


class TestADraftThatIsDeleted:
    def own(self, house: House, slug: str) -> list[Version]:
        with house.database.read() as connection:
            return [v for v in published(connection, slug) if v.conference == slug]

    def paused(self, house: House, slug: str) -> bool:
        with house.database.read() as connection:
            return is_paused(connection, slug)

    def given(self, house: House, slug: str) -> None:
        """A design, a choice and a pause."""
        with house.database.begin() as connection:
            publish_template(connection, b"{}", slug, slug, by="boss@example.org")
            choose(connection, slug, Choice(workshops=True))
        pausing.pause_conference(house.database, slug)

    def test_all_that_it_was_given_goes_with_it(self, house: House) -> None:
        for slug in ("gone", "other"):
            self.given(house, slug)
        house.issue(deleted())
        with house.database.read() as connection:
            assert choice_of(connection, "gone") == Choice()
            assert choice_of(connection, "other") == Choice(workshops=True)
        assert not self.own(house, "gone")
        assert self.own(house, "other")
        assert not self.paused(house, "gone")
        assert self.paused(house, "other")

    def test_what_another_of_its_name_has_been_given_since_stays(self, house: House) -> None:
        self.given(house, "gone")
        house.issue(deleted(timedelta(minutes=1)))
        with house.database.read() as connection:
            assert choice_of(connection, "gone") == Choice(workshops=True)
        assert self.own(house, "gone")
        assert self.paused(house, "gone")

    def test_what_the_pause_had_parked_goes_on(self, house: House) -> None:
        pausing.pause_conference(house.database, "gone")
        house.issue(certified(slug="gone"))
        assert not house.records()
        house.issue(deleted())
        house.work()
        assert house.record().sha256

    def test_what_it_was_copied_with_goes_however_late_the_copy_was_made(
        self, house: House
    ) -> None:
        self.given(house, "first")
        copied = new_event("registration", ConferenceCopied(conference="gone", copied_from="first"))
        early = copied.model_copy(update={"time": copied.time - timedelta(minutes=2)})
        house.issue(early)
        assert self.own(house, "gone")
        house.issue(deleted(timedelta(minutes=1)))
        assert not self.own(house, "gone")
        with house.database.read() as connection:
            assert choice_of(connection, "gone") == Choice()

    @pytest.mark.parametrize("moment", ["before", "while", "after"])
    def test_its_design_does_not_come_into_force(
        self, house: House, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        """It is deleted before the design is tried, while it is, or soon after."""
        template = Template(html=HTML, css="", assets={}, version="v")
        publishing.ask(house.database, "gone", template.model_dump_json().encode(), "boss")
        gone = deleted()
        if moment == "before":
            self.forget(house, gone)
        if moment == "while":
            tried = publishing._try  # noqa: SLF001  the moment between trying and publishing

            def then_gone(*given: Any) -> None:
                tried(*given)
                self.forget(house, gone)

            monkeypatch.setattr(publishing, "_try", then_gone)
        house.work()
        if moment == "after":
            assert self.own(house, "gone"), "it had come into force"
            self.forget(house, gone)
        assert not self.own(house, "gone")
        with house.database.read() as connection:
            assert publishing.progress(connection, "gone") is None

    def forget(self, house: House, event: Event[ConferenceDeleted]) -> None:
        with house.database.begin() as connection:
            forget_designs(connection, "gone", event.time)


HTML = '<html lang="fr"><head><title>x</title></head><body><p>{{ holder.name }}</p></body></html>'
