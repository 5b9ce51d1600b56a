"""What registration says later is followed: a corrected address, a draft that is deleted."""

from services.certificates.designs.publication import publish_template, published
from services.certificates.issuing import pausing, reissuing
from services.certificates.issuing.choices import Choice, choice_of, choose
from shared.events import new_event
from shared.events.certificates import CertificateIssued
from shared.events.registration import ConferenceDeleted, RegistrationAddressCorrected
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


def test_the_design_and_the_choices_of_a_draft_go_with_it(house: House) -> None:
    with house.database.begin() as connection:
        for slug in ("gone", "other"):
            publish_template(connection, b"{}", slug, slug, by="boss@example.org")
            choose(connection, slug, Choice(workshops=True))
    house.issue(new_event("registration", ConferenceDeleted(conference="gone")))
    with house.database.read() as connection:
        designs = {slug: published(connection, slug) for slug in ("gone", "other")}
        assert [v for v in designs["gone"] if v.conference == "gone"] == []
        assert [v for v in designs["other"] if v.conference == "other"]
        assert choice_of(connection, "gone") == Choice()
        assert choice_of(connection, "other") == Choice(workshops=True)
