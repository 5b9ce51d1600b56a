"""A corrected person: the next letter goes to who they are now; the old address hears so."""

import pytest

from deploy.local.misbehaviour import Misbehaviour
from services.notifications.delivery import handover
from services.notifications.erasing import erase
from shared.bus.deadletters import replay
from shared.events.certificates import CertificateRelinked
from shared.events.registration import (
    AttendeeErased,
    RegistrationAddressCorrected,
    RegistrationChanged,
    RegistrationWaitlisted,
)
from tests.notifications.day import (
    MOMENT,
    REGISTRATION,
    certificate,
    conference,
    person,
    place,
    told,
)

NEW_LINK = "https://emarge.example/r/token.1.signature"


def changed(tell: str, **more):
    right = person(email="right@ville.example")
    fields = {"revision": 2, "person": right, "manage_url": NEW_LINK, "tell": tell, **more}
    return told(place(RegistrationChanged, **fields))


def left():
    return told(
        RegistrationAddressCorrected(
            registration_id=REGISTRATION,
            person=person(),
            person_now=person(email="right@ville.example"),
            manage_url=NEW_LINK,
            conference=conference(),
        )
    )


def words(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def test_the_new_address_gets_everything_and_the_old_one_a_line(office) -> None:
    office.hear(told(place()), changed("everything"), left())
    first, anew, line = office.mails
    assert (first["To"], line["To"]) == (first["To"], first["To"])
    assert "right@ville.example" in anew["To"]
    assert NEW_LINK in words(anew)
    assert {part.get_filename() for part in anew.iter_attachments()} == {
        "calendar.ics",
        "badge.pdf",
    }
    assert [row["kind"] for row in office.log] == ["confirmed", "confirmed", "old-address"]
    for part in (words(line), line.get_body(("html",)).get_content()):
        assert "right@ville.example" not in part
        assert "/r/" not in part
        assert "L’adresse de cette inscription a été corrigée" in part
    assert list(line.iter_attachments()) == []


def test_a_letter_that_was_refused_and_comes_late_goes_to_the_address_of_now(office) -> None:
    office.sink.misbehaviour = Misbehaviour("550", times=1)
    office.hear(told(place()))
    office.hear(changed("everything"), left())
    with office.database.begin() as connection:
        replay(connection, None)
    office.work()
    late = office.mails[-1]
    assert "right@ville.example" in late["To"]
    assert "Ce message arrive en retard" in words(late)
    assert NEW_LINK in words(late)
    assert office.log[0]["recipient"] == "right@ville.example"


@pytest.mark.parametrize(
    ("tell", "status", "kinds"),
    [
        ("change", "confirmed", ["changed"]),
        ("everything", "waitlisted", ["waitlisted"]),
        ("link", "cancelled", ["link"]),
        ("nothing", "confirmed", []),
    ],
)
def test_which_letter(office, tell: str, status: str, kinds: list[str]) -> None:
    office.hear(changed(tell, status=status))
    assert [row["kind"] for row in office.log] == kinds
    assert {job["state"] for job in office.jobs if job["source"] != "timer"} == {"done"}


def test_a_certificate_goes_to_the_address_of_now(office) -> None:
    office.hear(told(place()), changed("nothing"), told(certificate()))
    assert "right@ville.example" in office.mails[-1]["To"]


def relinked() -> CertificateRelinked:
    fields = certificate(person=person(email="right@ville.example")).model_dump()
    link = fields["download_url"].replace("secret", "another")
    return CertificateRelinked(**{**fields, "download_url": link})


def test_the_link_that_replaces_one_that_was_ended_goes_to_the_new_address(office) -> None:
    office.hear(told(place()), told(certificate()))
    office.hear(changed("nothing"), told(relinked()))
    first, anew = office.mails[-2:]
    assert "key=secret" in words(first)
    assert "right@ville.example" in anew["To"]
    assert "key=another" in words(anew)
    assert "key=secret" not in str(anew)


def test_a_certificate_s_email_that_waited_or_is_sent_again_has_the_link_of_now(office) -> None:
    office.sink.misbehaviour = Misbehaviour("550", times=1)
    office.hear(told(place(RegistrationChanged, tell="nothing")), told(certificate()))
    assert office.mails == []
    office.hear(changed("nothing"), told(relinked()))
    with office.database.begin() as connection:
        replay(connection, None)
    office.work()
    assert len(office.mails) == 2
    assert {"key=another" in words(mail) for mail in office.mails} == {True}
    assert not [mail for mail in office.mails if "key=secret" in str(mail)]


def test_who_was_erased_hears_nothing_and_nothing_is_kept(office) -> None:
    erased = AttendeeErased(registration_id=REGISTRATION, erased_at=MOMENT)
    office.hear(told(place(RegistrationWaitlisted)))
    office.hear(told(erased), left())
    assert len(office.mails) == 1
    assert [row["recipient"] for row in office.log] == ["", ""]
    assert office.log[-1]["reason"] == "erased"


def test_a_single_name_is_greeted_by_it(office) -> None:
    single = person(first_name="", last_name="Aïssata", locale="fr")
    office.hear(told(place(person=single)))
    [mail] = office.mails
    assert "Bonjour Aïssata," in words(mail)
    assert mail["To"].addresses[0].display_name == "Aïssata"


@pytest.mark.parametrize("letter", [place(), certificate()], ids=["place", "certificate"])
def test_who_is_erased_while_a_letter_is_handed_over_is_sent_none(
    office, monkeypatch, letter
) -> None:
    office.hear(told(place(RegistrationChanged, tell="nothing")))
    _meanwhile(office, monkeypatch, "_hand_over")
    office.hear(told(letter))
    assert office.mails == []
    [row] = office.log
    assert (row["reason"], row["recipient"], row["subject"]) == ("erased", "", "")


def test_who_is_erased_once_a_letter_is_accepted_leaves_no_subject(office, monkeypatch) -> None:
    _meanwhile(office, monkeypatch, "_record")
    office.hear(told(place()))
    assert len(office.mails) == 1
    [row] = office.log
    assert (row["state"], row["recipient"], row["subject"], row["words"]) == ("sent", "", "", "")


def _meanwhile(office, monkeypatch, step: str) -> None:
    """The person is erased just before this step of sending."""
    then = getattr(handover, step)

    def erase_first(*arguments):
        with office.database.begin() as connection:
            erase(connection, AttendeeErased(registration_id=REGISTRATION, erased_at=MOMENT))
        return then(*arguments)

    monkeypatch.setattr(handover, step, erase_first)


def test_whoever_has_no_address_is_sent_nothing_until_they_give_one(office) -> None:
    nobody = person(email="")
    with_nobody = told(place(person=nobody))
    left_none = RegistrationAddressCorrected(
        registration_id=REGISTRATION,
        person=nobody,
        person_now=person(email="right@ville.example"),
        manage_url=NEW_LINK,
        conference=conference(),
    )
    office.hear(with_nobody)
    assert (office.mails, [job["state"] for job in office.jobs if job["error"]]) == ([], [])
    [delivery] = office.log
    assert (delivery["state"], delivery["reason"]) == ("skipped", "no-address")
    office.hear(changed("everything"), told(left_none))
    [anew] = office.mails
    assert "right@ville.example" in anew["To"]
    assert [row["kind"] for row in office.log] == ["confirmed", "confirmed"]


def test_an_address_that_is_given_late_gets_the_certificate_once(office) -> None:
    nobody = person(email="")
    replaced, issued = (
        certificate(person=nobody, code="C4XW-0000"),
        certificate(person=nobody, supersedes="C4XW-0000", supersedes_because="corrected"),
    )
    office.hear(told(place(person=nobody)), told(replaced), told(issued))
    assert office.mails == []
    office.hear(changed("link"))
    office.work()
    office.hear(changed("link", revision=9))
    office.work()
    sent = [row["state"] for row in office.log if row["kind"] == "certificate"]
    assert sent == ["skipped", "sent"]
    [letter] = [each for each in office.mails if "C4XW-7HMN-K3PT" in str(each)]
    assert "right@ville.example" in letter["To"]
