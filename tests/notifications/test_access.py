"""The emails with a link that signs in: complete in the email, and nowhere else."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.base.clock import now
from shared.bus.inbox import JobRow
from shared.events import new_event
from shared.events.certificates import HolderLinkRequested
from shared.events.letters import LetterAsked, ReaderErased
from shared.events.registration import (
    OrganiserInvited,
    OrganiserLinkRequested,
    RetentionEnding,
    SignIn,
)
from shared.http.passes import opens
from tests.notifications.day import conference

SOON = now() + timedelta(days=1)
PATH = "/organiser/sign-in/0199-a-name"


def requested(**changes: object) -> SignIn:
    fields = {"email": "ann@example.org", "locale": "fr", "path": PATH, "expires_at": SOON}
    return OrganiserLinkRequested(**fields | changes)


def link_in(mail) -> str:
    text = mail.get_body(("plain",)).get_content()
    [link] = re.findall(r"http\S+/organiser/sign-in/\S+", text)
    assert link.replace("&", "&amp;") in mail.get_body(("html",)).get_content()
    return link


def test_the_link_gets_its_pass_in_the_email_alone(office) -> None:
    office.hear(new_event("registration", requested()))
    [mail] = office.mails
    assert mail["To"] == "ann@example.org"
    assert mail["Subject"] == "Votre lien de connexion"
    link = urlsplit(link_in(mail))
    [given] = parse_qs(link.query)["pass"]
    assert opens(PATH, given, office.resources.settings.keys)
    with office.database.read() as connection:
        for table in ("delivery", JobRow.__tablename__):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608  names of tables
            assert rows
            assert given not in str([tuple(row) for row in rows])  # rows are written shortened


def test_a_link_that_has_expired_is_not_sent(office) -> None:
    office.hear(new_event("registration", requested(expires_at=now() - timedelta(seconds=1))))
    assert office.mails == []
    assert (office.log[0]["state"], office.log[0]["reason"]) == ("skipped", "link-expired")


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_holder_is_sent_the_link_to_their_own_page(office, locale: str) -> None:
    path = "/certificates/mine/open/a-name"
    event = HolderLinkRequested(email="ann@example.org", locale=locale, path=path, expires_at=SOON)
    office.hear(new_event("certificates", event, subject="r-1"))
    [mail] = office.mails
    text = mail.get_body(("plain",)).get_content()
    assert ("attestations envoyées" if locale == "fr" else "certificates that were sent") in text
    [link] = re.findall(r"http\S+/certificates/mine/open/\S+", text)
    [given] = parse_qs(urlsplit(link).query)["pass"]
    assert opens(path, given, office.resources.settings.keys)
    [row] = office.log
    assert (row["registration_id"], row["conference"]) == ("r-1", ""), "forgotten with the person"


def test_a_holder_who_was_erased_meanwhile_is_sent_nothing(office) -> None:
    event = HolderLinkRequested(email="", locale="fr", path="", expires_at=SOON)
    redacted = new_event("certificates", event, subject="r-1").model_copy(update={"redacted": True})
    office.hear(redacted)
    assert office.mails == []
    assert (office.log[0]["state"], office.log[0]["reason"]) == ("skipped", "erased")


@pytest.mark.parametrize("of", [None, conference()])
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_an_invitation_says_who_and_what_for(office, of, locale: str) -> None:
    event = OrganiserInvited(
        email="ann@example.org",
        locale=locale,
        path=PATH,
        expires_at=SOON,
        role="staff",
        conference=of,
        invited_by="boss@example.org",
    )
    office.hear(new_event("registration", event))
    [mail] = office.mails
    text = mail.get_body(("plain",)).get_content()
    assert "boss@example.org" in text
    assert ("effectifs" if locale == "fr" else "headcounts") in text
    assert ("Palais" in text or "Montreuil" in text) == (of is not None)
    assert link_in(mail)


def ending(locale: str) -> RetentionEnding:
    return RetentionEnding(
        email="ann@example.org",
        conference=conference(),
        locale=locale,
        people=300,
        erased_on=date(2029, 11, 7),
        url="http://localhost/organiser/day",
    )


def test_of_data_that_went_long_ago_nobody_is_told(office) -> None:
    old = {"time": now() - timedelta(days=8)}
    office.hear(new_event("registration", ending("fr")).model_copy(update=old))
    assert office.mails == []
    assert office.log[0]["reason"] == "too-late"


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_an_organiser_is_told_when_peoples_data_go(office, locale: str) -> None:
    office.hear(new_event("registration", ending(locale)))
    [mail] = office.mails
    text = mail.get_body(("plain",)).get_content()
    assert "300" in text
    assert "http://localhost/organiser/day" in text
    assert ("7 novembre 2029" if locale == "fr" else "7 November 2029") in text


def asked(**changes: object) -> LetterAsked:
    fields = {
        "email": "ann@example.org",
        "name": "Ann Lee",
        "locale": "fr",
        "subject": "Votre feuille vous attend",
        "paragraphs": ("Elle est prête.", "Signez avant midi."),
        "button": "Ouvrir la feuille",
        "path": "/sheets/host/0199-a-name",
    }
    return LetterAsked(**fields | changes)


@pytest.mark.parametrize("of", [None, conference()])
def test_any_service_has_somebody_written_to_in_its_own_words(office, of) -> None:
    office.hear(new_event("badges", asked(conference=of, good_until=SOON), subject="host-1"))
    [mail] = office.mails
    assert (mail["Subject"], mail["To"]) == (
        "Votre feuille vous attend",
        "Ann Lee <ann@example.org>",
    )
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Bonjour Ann Lee" in text
    assert "Elle est prête.\n\nSignez avant midi.\n" in text
    assert ("Montreuil" in text) == (of is not None)
    [link] = re.findall(r"http\S+/sheets/host/\S+", text)
    assert link.replace("&", "&amp;") in mail.get_body(("html",)).get_content()
    [given] = parse_qs(urlsplit(link).query)["pass"]
    assert opens("/sheets/host/0199-a-name", given, office.resources.settings.keys)
    with office.database.read() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {JobRow.__tablename__}").all()  # noqa: S608  a name of ours
    assert given not in str([tuple(row) for row in rows])


def test_a_letter_is_sent_once_and_a_link_without_a_pass_stays_as_it_is(office) -> None:
    event = new_event("badges", asked(path="/organiser/day/badges"))
    office.hear(event)
    office.hear(event)
    [mail] = office.mails
    [link] = re.findall(r"http\S+", mail.get_body(("plain",)).get_content())
    assert link.endswith("/organiser/day/badges")


@pytest.mark.parametrize(
    ("changes", "redacted", "reason"),
    [
        ({"good_until": now() - timedelta(seconds=1)}, False, "link-expired"),
        ({"email": "", "name": "", "path": ""}, True, "erased"),
    ],
)
def test_a_letter_that_nobody_may_have_any_more_is_not_sent(
    office, changes: dict[str, object], redacted: bool, reason: str
) -> None:
    event = new_event("badges", asked(**changes), subject="r-1")
    office.hear(event.model_copy(update={"redacted": redacted}))
    assert office.mails == []
    assert (office.log[0]["state"], office.log[0]["reason"]) == ("skipped", reason)


def test_who_was_written_to_for_another_service_is_forgotten_when_it_says_so(office) -> None:
    office.hear(new_event("badges", asked(), subject="host-1"))
    assert office.log[0]["recipient"] == "ann@example.org"
    office.hear(new_event("badges", ReaderErased(erased_at=now()), subject="host-1"))
    row = office.log[0]
    assert (row["recipient"], row["name"], row["state"]) == ("", "", "sent")
