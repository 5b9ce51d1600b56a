"""What the demo compares with: its people, its day on paper, its facts."""

import json
from datetime import date
from pathlib import Path

import pytest

from deploy.local.demo.facts import delivered, documents, fact
from deploy.local.demo.on_paper import OnPaper
from deploy.local.demo.people import COUNT, offices, participants
from deploy.local.demo.signing import signatures
from deploy.local.mailbox import Mailbox
from services.sheets.pictures.strokes import Strokes

EVENT = "01a20b8c-ebdf-779d-8455-742ee35b34ac"


def test_the_people_are_all_different_and_the_same_every_time() -> None:
    people = participants()
    assert people == participants()
    assert len({person.email for person in people}) == COUNT
    assert len({person.name for person in people}) == COUNT
    together = offices(people)
    assert [person for office in together for person in office] == people
    assert {len(office) for office in together} == {1, 3}


def test_on_paper_a_full_workshop_makes_people_wait() -> None:
    paper = OnPaper({"a": 1, "b": 1})
    for workshop in ("a", "a", "a", "b"):
        paper.register(workshop)
    assert (paper.confirmed, paper.waitlisted) == (2, 2)
    assert paper.emails == {"confirmed": 2, "waitlisted": 2}


def test_on_paper_a_swap_passes_both_places_on() -> None:
    paper = OnPaper({"a": 1, "b": 1})
    for workshop in ("a", "a", "b"):
        paper.register(workshop)
    paper.ask_for_swap("a", "b")
    paper.cancel("b")
    assert (paper.held, paper.waitlisted) == ({"a": 1, "b": 1}, 0)
    assert paper.emails["promoted"] == 2


def test_emails_are_counted_by_what_they_tell_of(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for message_id in (EVENT, EVENT, "nobody-knows"):
        content = f"Message-ID: <{message_id}@example.org>\r\n\r\nBonjour\r\n"
        mailbox.store("emarge@example.org", ["zoe@example.org"], content.encode())
    found = delivered(mailbox, {EVENT: "registration.confirmed"})
    assert found.by_kind == {"registration.confirmed": 1}
    assert (found.doubled, found.unexplained) == (1, 1)


@pytest.mark.parametrize(
    ("content", "counted"), [(b"%PDF-1.7\nall\n%%EOF\n", 1), (b"%PDF-1.7\nhal", 0), (b"", 0)]
)
def test_only_a_whole_document_counts(tmp_path: Path, content: bytes, counted: int) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    assert documents(tmp_path) == counted


def test_a_fact_agrees_or_does_not() -> None:
    assert fact("emails", 3, "3", "sink").agrees
    assert not fact("emails", 3, 4, "sink").agrees


def test_every_signature_of_the_demo_is_one_that_a_hand_could_draw() -> None:
    signers = participants()
    sheets = {person.workshop: f"sheet of {person.workshop}" for person in signers}
    for person in signers:
        person.answer = {"id": person.email}
    entries = [*signatures(sheets, date(2026, 1, 2), signers)]
    assert len({each["key"] for each in entries}) == len(signers)
    for each in entries:
        Strokes.parse(json.dumps(each["strokes"]).encode())
