"""What many read is written once, and what is one person's own is never in another's letter."""

from datetime import timedelta

import pytest

from services.notifications.writing import letters
from services.notifications.writing.contents import about_place
from services.notifications.writing.forms import parted
from services.notifications.writing.letters import Letter, LetterWriter
from tests.notifications.day import conference, person, place, seat
from tests.notifications.test_letters import WAITED, content, every_kind, every_language

SHARP = person(first_name='Zoé <b> & "O\'Neil"', last_name="%(name)s {{ name }}")
MOMENT = seat().starts_at - timedelta(days=3)


class Counting(LetterWriter):
    """Counts how often templates are laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.written = 0

    def _written(self, *about):
        self.written += 1
        return super()._written(*about)


def from_templates(kind, code, about, monkeypatch) -> Letter:
    with monkeypatch.context() as patched:
        patched.setattr(letters, "parted", lambda _: None)
        return LetterWriter().write(kind, code, about)


@every_language
@every_kind
def test_a_letter_is_as_its_templates_give_it(kind, code, monkeypatch) -> None:
    writer = LetterWriter()
    for own in (person(), SHARP, person(first_name="", last_name="李")):
        about = content(kind, person=own)
        assert writer.write(kind, code, about) == from_templates(kind, code, about, monkeypatch)


@pytest.mark.parametrize("name", ["", " Zoé", "Zoé\u202eLi", "Zoé\nLi", "Zoé\u00a0Li"])
def test_a_name_that_is_no_words_on_one_line_is_set_as_ever(name, monkeypatch) -> None:
    about = content("confirmed", person=person(first_name=name, last_name=name))
    writer = Counting()
    letter = writer.write("confirmed", "fr", about)
    assert letter == from_templates("confirmed", "fr", about, monkeypatch)
    writer.write("confirmed", "fr", about)
    assert writer.written == 2


def test_whoever_reads_the_same_reads_what_was_written_once() -> None:
    writer = Counting()
    for number in range(5):
        link = f"https://emarge.example/r/token-{number}"
        theirs = content("confirmed", person=person(first_name=f"Zoé{number}"), manage_url=link)
        letter = writer.write("confirmed", "fr", theirs | {"qr_id": f"qr.{number}@example"})
        for own in (f"Zoé{number},", link, f"cid:qr.{number}@example"):
            assert own in letter.html
            assert own in letter.text or own.startswith("cid:")
    assert writer.written == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"conference": conference(venue="La grange")},
        {"conference": conference(contact_email="other@ville.example")},
        {"seats": (seat(room="Salle 12"),)},
        {"seats": (seat("atelier-2"),)},
        {"registered_by": None},
    ],
)
def test_what_was_corrected_is_in_the_next_letter(changes, monkeypatch) -> None:
    writer = Counting()
    before = writer.write("confirmed", "fr", with_changes({}))
    about = with_changes(changes)
    after = writer.write("confirmed", "fr", about)
    assert after == from_templates("confirmed", "fr", about, monkeypatch) != before
    assert writer.written == 2


def with_changes(changes):
    fields = {"registered_by": "Nadia Benali", **changes}
    return about_place(place(**fields), qr_id="qr.1@emarge.example", has_pass=True)


def test_a_rank_and_an_hour_are_each_their_own(monkeypatch) -> None:
    writer = Counting()
    for number in (1, 2, 3):
        waiting = WAITED.model_copy(update={"rank": number})
        about = content("changed", status="waitlisted") | {
            "waiting": [waiting],
            "confirm_by": MOMENT + timedelta(seconds=number),
        }
        letter = writer.write("changed", "en", about)
        assert letter == from_templates("changed", "en", about, monkeypatch)
        assert f"number {number}" in letter.text
    assert writer.written == 1


@every_kind
def test_a_form_knows_of_nobody(kind) -> None:
    somebody = person(first_name="Zoé-Own", last_name="Own-Li", email="own@ville.example")
    about = content(kind, person=somebody)
    if kind == "certificate":
        assert parted(about) is None
        return
    found = parted(about)
    assert found is not None
    common, own = found
    assert own["called"] == "Zoé-Own"
    said = repr(common)
    ranks = {own.pop(name) for name in [*own] if name.startswith("rank of ")}
    assert not any(f"rank={rank}" in said for rank in ranks)
    assert "Salle République" in said or kind == "waitlisted"
    for theirs in (*own.values(), "Own-Li", "own@ville.example", place().registration_id):
        assert theirs not in said


def test_no_more_forms_are_kept_than_so_many(monkeypatch) -> None:
    monkeypatch.setattr(letters, "FORMS", 2)
    writer = Counting()
    for title in ("A", "B", "C", "A"):
        writer.write("confirmed", "fr", content("confirmed", conference=conference(title=title)))
    assert writer.written == 4
