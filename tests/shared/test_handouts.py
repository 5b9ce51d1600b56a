"""Calendar, QR and badge, read back by other programs than those that made them."""

import io
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from PIL import Image

from shared.events.registration import Conference, Person, Place, Seat
from shared.handouts.badge import badge_pdf
from shared.handouts.badge_drawing import drawn
from shared.handouts.badge_layout import laid_out
from shared.handouts.badge_words import badge_of
from shared.handouts.calendar import entries, held_entries, published, withdrawn
from shared.handouts.qr import qr_png, qr_rows
from shared.words.language import Language, Languages

NOW = datetime(2019, 10, 1, 8, 30, tzinfo=UTC)
ENGLISH = Languages.load()["en"]
FRENCH = Language("fr", ENGLISH.translations)


def at(hour: int, minute: int = 0) -> datetime:
    """On the day, in UTC; Paris is an hour ahead."""
    return datetime(2019, 11, 7, hour, minute, tzinfo=UTC)


def place(**changes: object) -> Place:
    workshop = Seat(
        session="atelier-1",
        title="Atelier 1 : « Des territoires d'innovation »",
        kind="workshop",
        room="Salle République",
        starts_at=at(9, 15),
        ends_at=at(12, 15),
        state="held",
    )
    waited_for = workshop.model_copy(update={"session": "atelier-2", "state": "waiting"})
    fields = {
        "registration_id": "r1",
        "code": "K7PX-4MDR",
        "revision": 3,
        "status": "confirmed",
        "person": Person(first_name="Élodie", last_name="Lefèvre-Dûment", email="e@ville.example"),
        "conference": Conference(
            slug="jn",
            title="Journée nationale — « L'innovation »",
            organiser='Alliance "Villes" Emploi, Paris',
            venue="Palais des congrès de Montreuil",
            address="128 rue de Paris",
            city="Montreuil",
            timezone="Europe/Paris",
            starts_at=at(8),
            ends_at=at(16),
            url="https://emarge.example/c/jn",
            contact_email="contact@villes.example",
        ),
        "seats": (workshop, waited_for),
        "manage_url": "https://emarge.example/r/secret",
    }
    return Place(**{**fields, **changes})


def named(first: str, last: str) -> Place:
    return place(person=Person(first_name=first, last_name=last, email="e@ville.example"))


def events_of(content: bytes) -> list:
    return list(Calendar.from_ical(content).walk("VEVENT"))


# --- calendar ---


def test_exactly_the_held_sessions_are_published() -> None:
    calendar = Calendar.from_ical(published(place(), NOW))
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == "r1.atelier-1"
    assert event["SEQUENCE"] == 3
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Atelier 1 : « Des territoires d'innovation »"
    assert event["DTSTART"].dt == at(9, 15)
    assert event["DTSTART"].dt.utcoffset().total_seconds() == 3600
    assert event["DTEND"].dt == at(12, 15)
    assert event["DTSTAMP"].dt == NOW
    assert event["ORGANIZER"] == "mailto:contact@villes.example"
    assert "ATTENDEE" not in event  # RFC 5546, 3.2.1: not in what is published


def test_an_organiser_s_domain_beyond_ascii_is_one_that_calendars_know() -> None:
    there = place().conference.model_copy(update={"contact_email": "contact@straße.example"})
    [event] = events_of(published(place(conference=there), NOW))
    assert event["ORGANIZER"] == "mailto:contact@xn--strae-oqa.example"


def test_the_location_names_the_room_and_says_the_town_once() -> None:
    [event] = events_of(published(place(), NOW))
    location = "Salle République, Palais des congrès de Montreuil, 128 rue de Paris"
    assert event["LOCATION"] == location
    elsewhere = place().conference.model_copy(update={"city": "Bagnolet"})
    [event] = events_of(published(place(conference=elsewhere), NOW))
    assert event["LOCATION"] == f"{location}, Bagnolet"


def test_the_personal_link_stays_out_of_calendars() -> None:
    assert b"secret" not in published(place(), NOW)


def test_the_zone_is_described_with_both_of_its_changes() -> None:
    [zone] = Calendar.from_ical(published(place(), NOW)).walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Paris"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_in_utc_no_zone_is_needed() -> None:
    conference = place().conference.model_copy(update={"timezone": "UTC"})
    content = published(place(conference=conference), NOW)
    assert b"VTIMEZONE" not in content
    assert b"DTSTART:20191107T091500Z" in content


def test_with_no_session_chosen_the_day_is_the_entry() -> None:
    [event] = events_of(published(place(seats=()), NOW))
    assert event["UID"] == "r1"
    assert event["SUMMARY"] == "Journée nationale — « L'innovation »"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (at(8), at(16))


def test_who_waits_has_no_day_yet() -> None:
    waiting = tuple(seat for seat in place().seats if seat.state == "waiting")
    assert entries(place(status="waitlisted", seats=waiting)) == ()


def test_who_cancelled_has_nothing_but_had_what_was_held() -> None:
    cancelled = place(status="cancelled")
    assert entries(cancelled) == ()
    assert [entry.uid for entry in held_entries(cancelled)] == ["r1.atelier-1"]


def test_a_cancellation_is_of_the_same_uid_with_the_new_sequence() -> None:
    [entry] = entries(place(revision=1))
    calendar = Calendar.from_ical(withdrawn(place(revision=4), entry, NOW))
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("r1.atelier-1", 4, "CANCELLED")
    assert event["DTSTART"].dt == at(9, 15)


def test_a_session_without_length_has_no_end() -> None:
    [seat, _] = place().seats
    [event] = events_of(
        published(place(seats=(seat.model_copy(update={"ends_at": seat.starts_at}),)), NOW)
    )
    assert "DTEND" not in event


def test_hostile_titles_stay_text() -> None:
    [seat, _] = place().seats
    title = "A;b,c\\d\r\nATTENDEE:mailto:x@y\x00\x07é" + "日本" * 100
    content = published(place(seats=(seat.model_copy(update={"title": title}),)), NOW)
    [event] = events_of(content)
    assert "ATTENDEE" not in event
    assert rb"SUMMARY:A\;b\,c\\d" in content
    assert event["SUMMARY"] == "A;b,c\\d  ATTENDEE:mailto:x@y  é" + "日本" * 100
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


# --- QR ---


def test_the_png_shows_the_modules_with_their_quiet_zone() -> None:
    image = Image.open(io.BytesIO(qr_png("K7PX-4MDR"))).convert("L")
    rows = qr_rows("K7PX-4MDR")
    assert image.size == (8 * len(rows), 8 * len(rows))
    seen = [
        [image.getpixel((8 * x + 1, 8 * y + 1)) == 0 for x in range(len(rows))]
        for y in range(len(rows))
    ]
    assert seen == [[bool(module & 1) for module in row] for row in rows]
    assert not any(any(row) for row in seen[:4])
    assert any(seen[4])


# --- badge ---


def program(name: str) -> str:
    path = shutil.which(name)
    assert path, f"{name} is not installed"
    return path


def text_of(pdf: bytes) -> str:
    done = subprocess.run(
        [program("pdftotext"), "-layout", "-enc", "UTF-8", "-", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def pages_of(pdf: bytes) -> str:
    done = subprocess.run([program("pdfinfo"), "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("make", [drawn, laid_out])
def test_the_badge_says_who_where_and_which_workshop(make) -> None:
    text = text_of(make(badge_of(place(), FRENCH)))
    for words in (
        "Élodie Lefèvre-Dûment",
        "K7PX-4MDR",
        "jeudi 7 novembre 2019",
        "« L’innovation »",
        "Des territoires d’innovation",
        "Salle République",
        "Palais des congrès de Montreuil",
    ):
        assert words in text.replace("\xa0", " ")
    assert "atelier-2" not in text


def test_a_badge_is_set_as_a_printer_would_and_still_drawn() -> None:
    [seat, _] = place().seats
    typed = seat.model_copy(update={"title": "L'emploi : qu'en dire ?", "room": "Salle 12"})
    badge = badge_of(place(seats=(typed,)), FRENCH)
    [(title, times)] = badge.sessions
    assert title == "L’emploi\u00a0: qu’en dire\u00a0?"
    assert times.endswith("· Salle\u00a012")
    assert badge.has_only_western_signs()
    [(english, _)] = badge_of(place(seats=(typed,)), ENGLISH).sessions
    assert english == typed.title


@pytest.mark.parametrize("make", [drawn, laid_out])
def test_the_badge_is_one_a6_page_whatever_the_name(make) -> None:
    for first, last in (("Al", "Li"), ("É" * 150, "W" * 150), ("a b " * 40, "c d " * 40)):
        information = pages_of(make(badge_of(named(first, last), ENGLISH)))
        assert "Pages:           1" in information
        assert "297.64 x 419.53" in information.replace("297.638 x 419.528", "297.64 x 419.53")


@pytest.mark.parametrize(
    ("first", "last", "readable"),
    [
        ("Élodie", "Lefèvre-Dûment", "Élodie Lefèvre-Dûment"),
        ("Œdipe", "Šimůnek", "Œdipe Šimůnek"),
        ("小龍", "李", "小龍 李"),
        ("Ada", 'O\'Neil "Q" (\\)', 'Ada O\'Neil "Q" (\\)'),
        ("Ольга", "Ковальчук", "Ольга Ковальчук"),
    ],
)
def test_names_of_any_script_can_be_read_back(first, last, readable) -> None:
    assert readable in text_of(badge_pdf(named(first, last), ENGLISH))


def test_an_arabic_name_is_written() -> None:
    text = text_of(badge_pdf(named("محمد", "بن عبد الله"), ENGLISH))
    assert set("محمدبنعبدالله") <= set(text)


def test_a_name_is_text_and_no_markup() -> None:
    assert "<b>Ольга</b>" in text_of(badge_pdf(named("<b>Ольга</b>", "X"), ENGLISH))


def test_western_names_are_drawn_and_others_laid_out() -> None:
    assert badge_pdf(place(), FRENCH) == drawn(badge_of(place(), FRENCH))
    others = named("小龍", "李")
    assert badge_pdf(others, FRENCH) == laid_out(badge_of(others, FRENCH))


def test_the_same_place_gives_the_same_bytes() -> None:
    assert published(place(), NOW) == published(place(), NOW)
    for person in (place(), named("Ольга", "Ковальчук")):
        assert badge_pdf(person, FRENCH) == badge_pdf(person, FRENCH)


def test_a_drawn_badge_is_a_sound_file(tmp_path) -> None:
    path = tmp_path / "badge.pdf"
    path.write_bytes(badge_pdf(named("Ada (\\", "O'Neil)"), FRENCH))
    subprocess.run([program("qpdf"), "--check", str(path)], check=True, capture_output=True)
