"""An organiser's own words: they begin as the shipped ones, say what they say, and harm nobody."""

import re
import time
from typing import cast

import pytest
from markupsafe import Markup

from services.notifications.occasions import announcements
from services.notifications.occasions.announcements import Draft
from services.notifications.pages.wordings import OF_EVENTS
from services.notifications.writing import own_words
from services.notifications.writing.facts import NEEDED, facts, names, pieces
from services.notifications.writing.letters import Kind, LetterWriter
from services.notifications.writing.wording import MOST_BODY, FaultyWording, faults_of, write
from shared.events import new_event
from shared.events.registration import ConferenceCopied, ConferenceDeleted
from tests.notifications.day import conference, person, place, told
from tests.notifications.test_letters import PRESS, content, every_language

KINDS = OF_EVENTS
every_kind = pytest.mark.parametrize("kind", KINDS)
SLUG = "journee-nationale-2019"


def own(body: str, kind: Kind = "confirmed", **changes):
    return PRESS.write_own("{{ title }}", body, kind, "en", content(kind, **changes))


def lines(text: str) -> list[str]:
    return sorted(filter(None, (line.strip() for line in text.splitlines())))


@every_kind
@every_language
def test_they_begin_as_the_shipped_ones(kind, code) -> None:
    subject, body = PRESS.starting_words(kind, code)
    assert faults_of(subject, body, names(kind), pieces(kind), NEEDED.get(kind, "")) == []
    shipped = PRESS.write(kind, code, content(kind))
    begun = PRESS.write_own(subject, body, kind, code, content(kind))
    assert begun.subject == shipped.subject
    # The link under a sentence stands beside it in the other's place, and the footer says less.
    said = set(lines(begun.text))
    missing = [line for line in lines(shipped.text) if line not in said]
    assert [line for line in missing if "agenda" not in line and "calendar" not in line] == []


@every_kind
def test_every_name_that_is_offered_has_a_value(kind) -> None:
    language = PRESS.languages["fr"]
    assert set(facts(kind, content(kind), language)) == set(names(kind))


def test_one_text_makes_both_parts() -> None:
    body = "# Hello {{ first_name }}\n\nA **bold** word, [a page]({{ link }}).\n\n* one\n* two\n"
    letter = own(body)
    assert "A <strong>bold</strong> word" in letter.html
    assert f'<a href="{place().manage_url}"' in letter.html
    assert "<li" in letter.html
    assert f"A bold word, a page ({place().manage_url})." in letter.text
    assert "\n* one\n* two\n" in letter.text


def test_pieces_are_blocks_wherever_they_stand() -> None:
    letter = own('Before {{ badge }} and\n{{ programme }}{{ button("Go") }}\n{{ venue }}')
    assert (
        re.findall(r"Before|K7PX-4MDR|Atelier : atelier-1|>Go<|Palais", letter.html)[0] == "Before"
    )
    for part in ("K7PX-4MDR", "Atelier : atelier-1", ">Go<", "Palais des congrès"):
        assert part in letter.html
    assert "\ue000" not in letter.html + letter.text


HOSTILE = [
    "<script>alert(1)</script>",
    "**bold** _it_ `code`",
    "[click](https://evil.example)",
    "# Headline",
    "{{ link }}{% if x %}",
    "&lt;b&gt; &amp;",
    "\ue000badge\ue001",
    "1. one\n\n* two",
    "<https://evil.example>",
    "    code",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_a_name(name) -> None:
    letter = own("Hello {{ first_name }}!", person=person(first_name=name))
    said = " ".join(name.replace("\ue000", "").replace("\ue001", "").split())
    assert f"Hello {said}!" in letter.text
    assert f"Hello {Markup.escape(said)}!".replace("&#39;", "'") in letter.html.replace(
        "&quot;", "&#34;"
    )
    assert 'evil.example"' not in letter.html


@pytest.mark.parametrize(
    "body",
    ["<b>x</b>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](http://e)"],
)
def test_html_and_scripts_in_a_text_are_shown_not_obeyed(body) -> None:
    html = own(body).html.partition("Montreuil\n</td></tr>")[2]
    assert "<b>" not in html
    assert "onerror=alert" not in html.replace("onerror=alert(1)&gt;", "")
    assert 'href="javascript' not in html
    assert 'src="http://e"' not in html


@pytest.mark.parametrize(
    ("body", "line", "part"),
    [
        ("a\n{{ nobody }}", 2, "no placeholder"),
        ("a\nb\n{% if waiting %}", 3, "not understood"),
        ("{{ first_name.__class__ }}", 1, "title, time and room"),
        ("{{ ''|attr('x') }}", 1, "no filter"),
        ("{% for i in range(10) %}{% endfor %}", 1, "Only placeholders"),
        ("{{ 'a' * 999999999 }}", 1, "Only placeholders"),
        ("\n{% set a = 1 %}", 2, "Only placeholders"),
        ("{% include '/etc/passwd' %}", 1, "Only placeholders"),
        ("{{ button(first_name) }}", 1, "Only placeholders"),
        ("{{ button('a', 'b') }}", 1, "Only placeholders"),
        ("{{ first_name() }}", 1, "Only placeholders"),
        ("{% if a %}" * 200, 1, "not understood"),
        ("{% for a in waiting %}" * 5 + "x" + "{% endfor %}" * 5, 1, "Only placeholders"),
        ("x" * (MOST_BODY + 1), 1, "at most 20,000"),
        ("", 1, "missing"),
    ],
)
def test_a_fault_is_named_with_its_line(body, line, part) -> None:
    found = faults_of("Subject", body, names("confirmed"), pieces("confirmed"))
    assert any(fault.line == line and part in fault.message for fault in found), found


@pytest.mark.parametrize("subject", ["", "two\nlines", "x" * 201, "{{ badge }}", "{{ nobody }}"])
def test_a_subject_is_one_line_of_words(subject) -> None:
    assert faults_of(subject, "Hello", names("confirmed"), pieces("confirmed"))[0].line == 0


@pytest.mark.parametrize(("kind", "piece"), NEEDED.items())
def test_what_an_email_is_for_cannot_be_left_out(kind, piece) -> None:
    whole = f"Hello {{{{ {piece} }}}}"
    assert faults_of("s", whole, names(kind), pieces(kind), piece) == []
    for body in ("Hello", f"{{% if first_name %}}{whole}{{% endif %}}"):
        [fault] = faults_of("s", body, names(kind), pieces(kind), piece)
        assert (fault.message, fault.value) == ("The text must have {{ %(value)s }}.", piece)
    [fault] = faults_of("s", whole, names("confirmed"), pieces("confirmed"))
    assert fault.value == piece


def test_an_unknown_name_is_told_those_that_there_are() -> None:
    [fault] = faults_of("s", "{{ venue_nam }}", names("confirmed"), pieces("confirmed"))
    assert {"venue_name", "first_name", "badge"} <= set(fault.known.split(", "))


def test_a_notice_says_what_changed_in_the_organiser_s_words() -> None:
    body = "We moved.\n\n{{ changes }}\n\nSorry!"
    letter = PRESS.write_own("{{ title }}", body, "notice", "en", content("notice"))
    for text in (letter.text, letter.html):
        assert text.index("We moved.") < text.index("Salle 2") < text.index("Sorry!")
        assert "À bientôt." in text
    cancelled = PRESS.write_own(
        "x", "No.\n\n{{ reason }}", "day-cancelled", "en", content("day-cancelled")
    )
    for text in (cancelled.text, cancelled.html):
        assert "Les trains sont en grève." in text


def test_what_grows_too_long_is_stopped_while_it_is_made() -> None:
    body = "{% for a in waiting %}{% for b in waiting %}" + "x" * 9_000
    body += "{% endfor %}{% endfor %}"
    assert faults_of("s", body, names("confirmed"), pieces("confirmed")) == []
    made = []

    class Title(str):
        def __str__(self) -> str:
            made.append(self)
            return "t"

    with pytest.raises(FaultyWording):
        write("s", body.replace("x", "{{ a.title }}", 1), {"waiting": [{"title": Title()}] * 200})
    assert len(made) < 30, "of 40,000"


LOOP = "{{% for a in {of} %}}{inside}{{% endfor %}}"


@pytest.mark.parametrize(
    "body",
    [
        LOOP.format(of="title", inside="{{ a }}"),
        "{% for a in sessions %}{% for b in title %}x{% endfor %}{% endfor %}",
        "{% for sessions in waiting %}{% for b in sessions %}x{% endfor %}{% endfor %}",
        "{% for a in sessions %}{% for b in a %}x{% endfor %}{% endfor %}",
        LOOP.format(
            of="sessions",
            inside=LOOP.format(of="waiting", inside=LOOP.format(of="sessions", inside="x")),
        ),
        "{% if " + "not " * 4_000 + "title %}x{% endif %}",
        "{% if title" + " and title" * 1_500 + " %}x{% endif %}",
        "{{ " + "(" * 5_000 + "title" + ")" * 5_000 + " }}",
    ],
    ids=["sign by sign", "inner", "renamed", "of a session", "three", "not", "and", "brackets"],
)
def test_loops_go_through_short_lists_and_nothing_nests_without_end(body) -> None:
    assert faults_of("s", body, names("confirmed"), pieces("confirmed")) != []
    with pytest.raises(FaultyWording):
        write("s", body, dict.fromkeys(names("confirmed"), ""))


class TestInForce:
    @pytest.fixture(autouse=True)
    def _forgetful(self, monkeypatch) -> None:
        monkeypatch.setattr(own_words, "REMEMBERED", 0.0)

    def save(self, office, body: str, code: str = "fr", kind: Kind = "confirmed") -> None:
        words = ("Bienvenue : {{ title }}", body) if body else ("", "")
        own_words.save(office.database, SLUG, kind, code, words, "boss@example.org")

    def test_an_email_says_what_the_organiser_wrote(self, office) -> None:
        self.save(office, "Chère {{ first_name }}\n\n{{ badge }}")
        office.hear(told(place()), told(place(registration_id="r2", person=person(locale="en"))))
        office.hear(told(place(registration_id="r3", conference=conference(slug="other"))))
        french, english, other = office.mails
        assert french["Subject"].startswith("Bienvenue :")
        assert "Chère Élodie" in french.get_body(("plain",)).get_content()
        assert english["Subject"].startswith("You are registered")
        assert other["Subject"].startswith("Inscription confirmée")

    def test_the_shipped_words_come_back(self, office) -> None:
        self.save(office, "Chère {{ first_name }}")
        self.save(office, "")
        office.hear(told(place()))
        assert "Chère" not in office.mails[0].get_body(("plain",)).get_content()

    def test_a_text_that_fails_breaks_nothing_and_is_told(self, office) -> None:
        self.save(office, "{% if first_name.nothing.more %}x{% endif %}")
        office.hear(told(place()), told(place(registration_id="r2")))
        assert [mail["Subject"].startswith("Inscription confirmée") for mail in office.mails] == [
            True
        ] * 2
        with office.database.read() as connection:
            [version] = own_words.versions(connection, SLUG, "confirmed", "fr")
        assert version.failures == 2
        assert "not more" in version.failure

    def test_what_was_read_is_remembered_for_a_while_only(self, office, monkeypatch) -> None:
        monkeypatch.setattr(own_words, "REMEMBERED", 60.0)
        office.hear(told(place()))
        words = ("Neuf", "Texte neuf")
        own_words.save(office.database, SLUG, "confirmed", "fr", words, "boss@example.org")
        office.hear(told(place(registration_id="r2")))
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + own_words.REMEMBERED + 1)
        office.hear(told(place(registration_id="r3")))
        assert [mail["Subject"] == "Neuf" for mail in office.mails] == [False, False, True]


def test_all_kinds_are_offered() -> None:
    assert {
        kind for kind in KINDS if LetterWriter().starting_words(cast("Kind", kind), "en")
    } == set(KINDS)


class TestOfACopy:
    def test_it_says_what_the_first_says_and_keeps_its_own(self, office) -> None:
        boss = "boss@example.org"
        own_words.save(office.database, SLUG, "confirmed", "fr", ("Bienvenue", "Texte"), boss)
        own_words.save(office.database, SLUG, "reminder", "fr", ("Demain", "Texte"), boss)
        own_words.save(office.database, SLUG, "changed", "fr", ("Plus dit", "Texte"), boss)
        own_words.save(office.database, SLUG, "changed", "fr", ("", ""), boss)
        own_words.save(office.database, "next", "reminder", "fr", ("Bientôt", "Texte"), boss)
        event = new_event("registration", ConferenceCopied(conference="next", copied_from=SLUG))
        office.hear(event)
        with office.database.read() as connection:
            said = own_words.in_force(connection, "next")
        assert {kind: own.subject for (kind, _), own in said.items()} == {
            "confirmed": "Bienvenue",
            "reminder": "Bientôt",
        }
        own_words.save(office.database, SLUG, "confirmed", "fr", ("Autre", "Texte"), boss)
        with office.database.read() as connection:
            said = own_words.in_force(connection, "next")
        assert said["confirmed", "fr"].subject == "Bienvenue"

    def test_those_of_a_draft_that_is_deleted_go_and_nobody_else_s(self, office) -> None:
        for slug in (SLUG, "next"):
            own_words.save(office.database, slug, "confirmed", "fr", ("Bonjour", "Texte"), "boss")
            announcements.save(office.database, slug, None, Draft("Un", "mot"), "boss")
        office.hear(new_event("registration", ConferenceDeleted(conference="next")))
        own_words.save(office.database, "next", "changed", "fr", ("Du suivant", "Texte"), "boss")
        with office.database.read() as connection:
            assert {kind for kind, _ in own_words.in_force(connection, "next")} == {"changed"}
            assert {kind for kind, _ in own_words.in_force(connection, SLUG)} == {"confirmed"}
            assert not announcements.listed(connection, "next")
            assert announcements.listed(connection, SLUG)
