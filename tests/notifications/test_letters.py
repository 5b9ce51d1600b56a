"""The words of the emails: complete in every language, well set, safe, small."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.notifications.writing.changes import Change
from services.notifications.writing.contents import (
    about_certificate,
    about_day,
    about_place,
    days_until,
)
from services.notifications.writing.letters import CATALOGUES, EMAILS, Kind, LetterWriter
from shared.events.registration import (
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationLinkRequested,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from shared.words.typography import typeset
from tests.notifications.day import certificate, conference, meal, person, place, seat

PRESS = LetterWriter()
WAITED = seat("atelier-3", "waiting", title="Atelier 3", rank=3)


def content(kind: str, **changes):
    """What a letter of this kind says in full."""
    if kind == "certificate":
        return about_certificate(certificate(supersedes="C999-7HMN-K3PT", **changes), attached=True)
    if kind == "old-address":
        return about_day(place(**changes).conference, place(**changes).person, overtaken=False)
    places = {
        "confirmed": lambda: place(registered_by="Nadia Benali", **changes),
        "waitlisted": lambda: place(
            RegistrationWaitlisted, status="waitlisted", seats=(WAITED, meal()), **changes
        ),
        "promoted": lambda: place(
            RegistrationPromoted, granted=("atelier-1",), released=("atelier-3",), **changes
        ),
        "changed": lambda: place(RegistrationChanged, seats=(seat(), meal(), WAITED), **changes),
        "cancelled": lambda: place(RegistrationCancelled, status="cancelled", **changes),
        "link": lambda: place(RegistrationLinkRequested, **changes),
    }
    about = places.get(kind, lambda: place(**changes))()
    return about_place(
        about,
        qr_id="qr.1@emarge.example",
        has_pass=about.status == "confirmed",
        calendar_attached=True,
        removes=kind in ("cancelled", "day-cancelled"),
        days=7,
        reason="Les trains sont en grève.",
        changes=[Change("room", "Atelier 1", "", "Salle 2"), Change("gone", "Atelier 2", "", "")],
        organiser_says=["À bientôt."],
        overlapping=[(seat(), meal())],
    )


KINDS = (
    "confirmed",
    "waitlisted",
    "promoted",
    "changed",
    "cancelled",
    "notice",
    "day-cancelled",
    "link",
    "reminder",
    "certificate",
)
WITH_A_QR = ("confirmed", "promoted", "changed", "notice", "link", "reminder")
every_kind = pytest.mark.parametrize("kind", KINDS)
# The last has no words but ours.
every_letter = pytest.mark.parametrize("kind", [*KINDS, "old-address"])
every_language = pytest.mark.parametrize("code", ["fr", "en"])


def sentences():
    found = extract_from_dir(
        EMAILS,
        method_map=[("**.html", "jinja2"), ("**.txt", "jinja2")],
        options_map={"**.html": {"trimmed": "true"}, "**.txt": {"trimmed": "true"}},
    )
    return {message for _, _, message, _, _ in found}


def catalogues():
    return list(CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def test_every_folder_of_templates_is_a_known_kind() -> None:
    folders = {path.name for path in EMAILS.iterdir() if path.is_dir()}
    others = {"old-address", "holder-link", "sign-in", "invited", "retention", "asked"}
    assert folders == {*KINDS, *others}


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parents[1].name)
def test_the_catalogue_is_complete_and_holds_nothing_else(path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)
    messages = {message.id: message for message in catalogue if message.id}
    assert messages
    assert sentences() == set(messages)
    for message in messages.values():
        strings: Any = message.string if message.pluralizable else (message.string,)
        assert all(strings), f"not translated: {message.id}"
        assert not message.fuzzy, f"fuzzy: {message.id}"
        wanted = set(re.findall(r"%\(\w+\)s", str(message.id)))
        for string in strings:
            assert set(re.findall(r"%\(\w+\)s", string)) <= wanted


@every_letter
def test_french_has_its_spaces_and_apostrophes(kind) -> None:
    # The organiser's own titles are theirs to set; ours have no signs that could be wrong.
    plain = conference(title="Journée", organiser="Alliance", url="x")
    letter = PRESS.write(kind, "fr", content(kind, conference=plain))
    words = re.sub(r"https?://\S+|\d\d?:\d\d|Atelier\s: \S+", "", letter.text + letter.subject)
    assert not re.search(r"[^\u202f\d ][;:!?]", words), "no space before ; : ! ?"
    assert not re.search(r"[ \u00a0][;:!?]", words), "a space that may break before ; : ! ?"
    assert "'" not in words
    assert not re.search(r"\d h\b", words)


@every_letter
def test_what_organisers_typed_is_set_as_a_printer_would(kind) -> None:
    typed = conference(title="L'emploi : « l'avenir »", contact_email="l'equipe@villes.example")
    named = person(first_name="N'Golo")
    letter = PRESS.write(kind, "fr", content(kind, conference=typed, person=named))
    for said in (letter.text, letter.subject, unescape(letter.html)):
        assert "L’emploi\u00a0: «\u00a0l’avenir\u00a0»" in said
        assert "L'emploi" not in said
    assert "l'equipe@villes.example" in letter.text
    assert "N'Golo" in letter.text
    english = PRESS.write(kind, "en", content(kind, conference=typed)).text
    assert "L'emploi : « l'avenir »" in english


def test_sessions_are_set_too() -> None:
    typed = seat(title="Qu'en dire ?", room="Salle 12")
    letter = PRESS.write("confirmed", "fr", content("confirmed", seats=(typed,)))
    assert "Qu’en dire\u202f?" in letter.text
    assert "Salle\u00a012" in letter.text


@pytest.mark.parametrize("kind", ["confirmed", "promoted", "reminder"])
def test_a_session_elsewhere_says_where(kind: Kind) -> None:
    party = seat("soiree", room=None, venue="River's King", address="Paris")
    letter = PRESS.write(kind, "fr", content(kind, seats=(party,)))
    for said in (letter.text, unescape(letter.html)):
        assert "· River’s King, Paris" in said


@every_letter
@every_language
def test_the_text_is_complete_on_its_own(kind, code) -> None:
    text = PRESS.write(kind, code, content(kind)).text
    assert "<" not in text
    assert "Élodie" in text
    assert "contact@villes-emploi.example" in text
    assert "{" not in text
    assert "None" not in text
    link = {
        "cancelled": "https://emarge.example/c/journee-nationale-2019",
        "certificate": certificate().download_url,
    }.get(kind, place().manage_url)
    # Whoever has the old address shall go nowhere with it.
    assert (f"\n{link}\n" in text) is (kind != "old-address")
    if kind in ("confirmed", "promoted", "changed", "reminder", "link"):
        assert "K7PX-4MDR" in text
        assert typeset("Atelier : atelier-1", code) in text
        assert typeset("Salle République", code) in text
        assert "Palais des congrès de Montreuil" in text


@every_letter
@every_language
def test_the_html_says_all_that_the_text_says(kind, code) -> None:
    letter = PRESS.write(kind, code, content(kind))
    seen = " ".join(visible(letter.html).split())
    links = re.findall(r'href="([^"]*)"', letter.html)
    seen = " ".join([seen, *links]).replace("&amp;", "&")
    lines = letter.text.splitlines()
    assert len(lines) > 10
    for line in lines:
        words = " ".join(line.lstrip("* ").split())
        if words != "—":
            assert words in seen, words


@every_letter
@every_language
def test_the_html_is_small_and_fetches_nothing(kind, code) -> None:
    html = PRESS.write(kind, code, content(kind)).html
    assert len(html.encode()) < 30_000
    assert not re.search(r"""(src|background)=["']?https?:|url\(|<script|<link|@import""", html)
    assert f'<html lang="{code}">' in html
    images = re.findall(r"<img [^>]*>", html)
    assert len(images) == (kind in WITH_A_QR)
    assert all('src="cid:' in image and 'alt="' in image for image in images)


@every_letter
def test_a_name_is_text_and_no_markup(kind) -> None:
    hostile = person(first_name="<script>alert(1)</script>&")
    html = PRESS.write(kind, "en", content(kind, person=hostile)).html
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in html


@every_letter
@every_language
def test_the_subject_is_one_line_and_names_the_day(kind, code) -> None:
    subject = PRESS.write(kind, code, content(kind)).subject
    assert "\n" not in subject
    assert typeset(conference().title, code) in subject
    assert subject == subject.strip()


def test_times_are_those_of_the_place() -> None:
    tokyo = conference(timezone="Asia/Tokyo")
    assert (
        "18:15–21:15" in PRESS.write("confirmed", "en", content("confirmed", conference=tokyo)).text
    )
    assert "10\xa0h\xa015" in PRESS.write("confirmed", "fr", content("confirmed")).text


def test_a_waitlist_says_the_rank() -> None:
    assert "n°\u202f3" in PRESS.write("waitlisted", "fr", content("waitlisted")).text
    assert "number 3" in PRESS.write("waitlisted", "en", content("waitlisted")).text


def test_an_overtaken_letter_says_so() -> None:
    letter = PRESS.write("changed", "en", {**content("changed"), "overtaken": True})
    assert "has changed since" in letter.text
    assert "has changed since" in letter.html
    assert "has changed since" not in PRESS.write("changed", "en", content("changed")).text


def test_a_promotion_names_what_was_granted_only() -> None:
    both = (seat(title="Granted"), meal(title="Lunch"))
    about = content("promoted")
    about["granted"] = [both[0]]
    message = PRESS.write("promoted", "en", about).text.split("Your sessions")[0]
    assert "Granted" in message
    assert "Lunch" not in message


@pytest.mark.parametrize(("days", "words"), [(0, "Today"), (1, "Tomorrow"), (6, "In 6 days")])
def test_a_reminder_says_how_soon(days, words) -> None:
    letter = PRESS.write("reminder", "en", {**content("reminder"), "days": days})
    assert letter.subject.startswith(f"{words}: ")


def test_days_are_counted_on_the_clocks_of_the_place() -> None:
    day = conference()
    late = day.starts_at.replace(hour=23, minute=30, day=5)  # 00:30 of the 6th in Paris
    assert days_until(day, late) == 1


def test_the_same_content_gives_the_same_letter() -> None:
    assert LetterWriter().write("confirmed", "fr", content("confirmed")) == PRESS.write(
        "confirmed", "fr", content("confirmed")
    )


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attributes) -> None:
        if tag in ("style", "title"):
            self.hidden += 1
        if tag == "img":
            self.words.append(dict(attributes)["alt"])

    def handle_endtag(self, tag) -> None:
        if tag in ("style", "title"):
            self.hidden -= 1

    def handle_data(self, data) -> None:
        if not self.hidden:
            self.words.append(data)


def visible(html: str) -> str:
    parser = _Visible()
    parser.feed(html)
    return " ".join(parser.words)
