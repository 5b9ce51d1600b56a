"""Emails as they go over the wire, read back by Python's parser and by the calendar's."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from services.notifications.writing.compose import (
    Attachment,
    Identity,
    Mailbox,
    Unsubscribing,
    calendar_attachment,
    compose,
)
from services.notifications.writing.headers import address_header, clean, text_header
from services.notifications.writing.letters import Letter
from tests.notifications.day import EVENT, MOMENT

LETTER = Letter(
    "Inscription confirmée\u202f: Journée", "Bonjour Élodie\n.\n.fin\n", "<p>é</p>\n", "fr"
)
IDENTITY = Identity(EVENT, MOMENT, "emarge.example")
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"

NAMES = [
    "Élodie Lefèvre-Dûment",
    "李小龍",
    "محمد بن عبد الله",
    "Ольга Ковальчук",
    "प्रिया शर्मा",
    'Jo "Q", Smith; <x@y.example>',
    "back\\slash",
    "Ada 😀 Lovelace 👩‍👩‍👧",
    "O'Neil (Jr.)",
    "=?utf-8?q?hi?=",
    "A" * 300,
    "a b " * 75,
]


def composed(**changes) -> bytes:
    fields = {
        "letter": LETTER,
        "identity": IDENTITY,
        "sender": Mailbox("Alliance via Emarge", "emarge@emarge.example"),
        "recipient": Mailbox("Élodie", "elodie@ville.example"),
        "reply_to": Mailbox("Alliance", "contact@villes.example"),
        "qr": b"\x89PNG...",
        "attachments": [
            calendar_attachment("calendar.ics", "PUBLISH", ICS),
            Attachment("badge.pdf", "application/pdf", b"%PDF-1.4"),
        ],
    }
    return compose(**{**fields, **changes}).message


def parsed(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, policy=email.policy.default)


def words_of(part) -> str:
    return part.get_content().replace("\r\n", "\n")


def test_the_parts_are_where_mail_programs_look_for_them() -> None:
    message = parsed(composed())
    assert message.get_content_type() == "multipart/mixed"
    alternative, calendar, badge = message.iter_parts()
    text, related = alternative.iter_parts()
    html, image = related.iter_parts()
    assert [part.get_content_type() for part in (alternative, text, related, html, image)] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert words_of(text) == LETTER.text
    assert words_of(html) == LETTER.html
    assert image["Content-ID"] == f"<{IDENTITY.qr_id}>"
    assert image.get_content_disposition() == "inline"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "PUBLISH"
    assert Calendar.from_ical(calendar.get_content())["METHOD"] == "PUBLISH"
    assert (badge.get_filename(), badge.get_content()) == ("badge.pdf", b"%PDF-1.4")


def test_the_headers_say_what_it_is() -> None:
    message = parsed(composed())
    assert message["Message-ID"] == f"<{EVENT}@emarge.example>"
    assert message["Date"].datetime == MOMENT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == LETTER.subject
    assert message["Content-Language"] == "fr"
    assert parseaddr(str(message["Reply-To"])) == ("Alliance", "contact@villes.example")
    assert "List-Unsubscribe" not in message


def test_reminders_can_be_ended_with_one_click() -> None:
    url = "https://emarge.example/api/reminders/" + "x" * 200
    message = parsed(composed(unsubscribing=Unsubscribing(url, "contact@villes.example")))
    assert message["List-Unsubscribe"].startswith(f"<{url}>, <mailto:contact@villes.example?")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_domains_beyond_ascii_are_encoded_wherever_an_address_stands() -> None:
    organiser = Mailbox("Alliance", "contact@straße.example")
    unsubscribing = Unsubscribing("https://emarge.example/x", "où&co@straße.example")
    raw = composed(
        recipient=Mailbox("Élodie", "elodie@straße.example"),
        reply_to=organiser,
        unsubscribing=unsubscribing,
    )
    assert b"stra\xc3" not in raw
    message = parsed(raw)
    assert message["To"].addresses[0].addr_spec == "elodie@xn--strae-oqa.example"
    assert message["Reply-To"].addresses[0].addr_spec == "contact@xn--strae-oqa.example"
    assert "<mailto:o%C3%B9%26co@xn--strae-oqa.example?subject" in message["List-Unsubscribe"]


def test_the_same_email_is_the_same_bytes() -> None:
    assert composed() == composed()


def test_it_is_called_as_its_reader_sees_it() -> None:
    letter = replace(LETTER, subject="Vous êtes\r\n inscrit\u00a0: L’innovation")
    somebody = Mailbox("Ann", "ann@ville.example")
    made = compose(letter, IDENTITY, sender=somebody, recipient=somebody, reply_to=somebody)
    assert made.subject == "Vous êtes inscrit\u00a0: L’innovation"
    assert parsed(made.message)["Subject"] == made.subject


def test_another_event_is_another_email() -> None:
    other = Identity(EVENT.__class__(int=7), MOMENT, "emarge.example")
    assert parsed(composed(identity=other))["Message-ID"] != parsed(composed())["Message-ID"]


def test_without_a_qr_the_html_stands_alone() -> None:
    types = [part.get_content_type() for part in parsed(composed(qr=None)).walk()]
    assert "multipart/related" not in types
    assert "image/png" not in types


@pytest.mark.parametrize("name", NAMES)
def test_names_survive(name) -> None:
    message = parsed(composed(recipient=Mailbox(name, "elodie@ville.example")))
    [address] = message["To"].addresses
    assert address.addr_spec == "elodie@ville.example"
    assert address.display_name == clean(name)


@pytest.mark.parametrize("name", ["é" * 300, "日本" * 150, "😀" * 75, "x" * 70 + " é" * 115])
def test_names_that_need_several_encoded_words_survive(name) -> None:
    # Python's own structured parser shows a blank between two encoded words of a name; by RFC 2047
    # there is none, as its unstructured decoder knows.
    raw = composed(recipient=Mailbox(name, "e@v.example"))
    value = email.message_from_bytes(raw)["To"].replace("\r\n", "")
    shown, _, address = value.rpartition(" <")
    assert address == "e@v.example>"
    assert str(make_header(decode_header(shown))) == name


# Long words of signs of one to four bytes, which fill a line or nearly: that is where folding goes
# wrong, and where arbitrary text seldom is.
WORD = st.builds(
    lambda start, sign, count: start + sign * count,
    st.text(st.sampled_from("a=?_"), max_size=3),
    st.sampled_from("aé日😀"),
    st.integers(1, 50),
)
LONG = st.lists(WORD, min_size=1, max_size=4).map(" ".join)


@example("a" + "日" * 13)  # the second character does not fit where the first one ends
@example("日" * 200)
@example("x" * 67)
@given(LONG | st.text(max_size=200))
def test_any_text_is_a_subject_and_nothing_else(text) -> None:
    raw = (text_header("Subject", text) + text_header("X-After", "after")).encode("ascii")
    back = email.message_from_bytes(raw, policy=email.policy.default)
    assert back.keys() == ["Subject", "X-After"]
    assert str(make_header(decode_header(email.message_from_bytes(raw)["Subject"]))) == clean(text)
    assert_encoded_as_rfc_2047_says(raw)


def assert_encoded_as_rfc_2047_says(raw: bytes) -> None:
    """Lines of at most 76 signs; encoded words of at most 75, none empty, each readable alone."""
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    for word in re.findall(rb"=\?utf-8\?[^ \r\n]*\?=", raw):
        assert len(word) <= 75
        [(content, charset)] = decode_header(word.decode())
        assert content.decode(charset)


@example("a" + "日" * 13)
@given(LONG)
def test_any_long_name_is_encoded_rightly(name) -> None:
    raw = address_header("Reply-To", f"é{name}", "elodie@ville.example").encode()
    assert_encoded_as_rfc_2047_says(raw)
    shown, _, _ = email.message_from_bytes(raw)["Reply-To"].rpartition("<")
    assert str(make_header(decode_header(shown.rstrip()))) == clean(f"é{name}")


@given(st.text(max_size=200))
def test_any_name_leaves_the_address_alone(name) -> None:
    header = address_header("To", name, "elodie@ville.example")
    raw = (header + text_header("X-After", "after")).encode()
    back = email.message_from_bytes(raw, policy=email.policy.default)
    assert back.keys() == ["To", "X-After"]
    assert [address.addr_spec for address in back["To"].addresses] == ["elodie@ville.example"]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()


@pytest.mark.parametrize(
    "hostile",
    ["x\r\nBcc: a@b.example", "x\nBcc: a@b.example", "x\x0b\x0cBcc: y", "x\u2028Bcc: y", "\x00x"],
)
def test_no_header_can_be_added(hostile) -> None:
    message = parsed(
        composed(
            recipient=Mailbox(hostile, "elodie@ville.example"),
            sender=Mailbox(hostile, "emarge@emarge.example"),
            letter=Letter(hostile, "x", "x", "fr"),
        )
    )
    assert message["Bcc"] is None
    assert len(message.keys()) == len(parsed(composed()).keys())


def test_signs_that_turn_or_hide_text_are_dropped() -> None:
    assert clean("moc.live\u202egood.com\u200b") == "moc.live good.com"
    assert (
        clean("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
    )  # Persian needs its joiner


def test_boundaries_cannot_occur_in_what_they_divide() -> None:
    boundary = IDENTITY.boundary("mixed")
    hostile = Letter("x", f"--{boundary}\n--{boundary}--\n", "<p></p>", "fr")
    message = parsed(composed(letter=hostile))
    assert len(list(message.iter_parts())) == 3
    assert words_of(message.get_body(("plain",))) == hostile.text


def test_lines_are_short_enough_for_any_server() -> None:
    letter = Letter("x", "é" * 5000, "<p>" + "x" * 5000, "fr")
    lines = composed(letter=letter).split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert b"\n" not in b"".join(lines)
    assert composed(letter=letter).isascii()


def test_the_date_is_the_event_s_whatever_its_zone() -> None:
    moment = datetime(2019, 10, 1, 10, 30, 15, 123456, tzinfo=UTC)
    message = parsed(composed(identity=Identity(EVENT, moment, "x.example")))
    assert message["Date"].datetime == moment.replace(microsecond=0)
