"""Why an email was not sent: a code from where it was decided, with a sentence in each language."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from deploy.local import smtp_sink
from deploy.local.misbehaviour import Misbehaviour
from services.notifications import commands
from services.notifications.base.tables import Delivery
from services.notifications.pages.application import HERE as PAGES
from services.notifications.reasons import REASONS, SENTENCES, sentence
from services.notifications.sending.answers import reason_of
from services.notifications.sending.outcomes import Refused, TemporarilyRefused
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.migrations import migrate
from shared.words.language import Languages
from tests.notifications.day import person, place, told

SERVICE = PAGES.parent
OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def test_every_code_has_a_sentence_of_its_own_in_both_languages() -> None:
    assert tuple(SENTENCES) == REASONS
    languages = Languages.load(PAGES / "locale")
    english = [sentence(reason, languages["en"]) for reason in REASONS]
    french = [sentence(reason, languages["fr"]) for reason in REASONS]
    assert len({*english, *french}) == 2 * len(REASONS)
    assert sentence(None, languages["fr"]) == ""
    assert sentence("of-a-newer-version", languages["fr"]) == ""


def test_every_code_is_given_by_something_and_told_to_operators() -> None:
    sources = [path for path in SERVICE.rglob("*.py") if path.name != "reasons.py"]
    given = "".join(path.read_text() for path in sources if "migrations" not in path.parts)
    assert [reason for reason in REASONS if f'"{reason}"' not in given] == []
    manual = OPERATING.read_text()
    assert [reason for reason in REASONS if f"`{reason}`" not in manual] == []


@pytest.mark.parametrize(
    ("code", "words", "asked", "reason"),
    [
        (550, "5.1.1 <recipient>: User unknown", "recipient", "no-such-address"),
        (550, "5.1.10 null MX", "recipient", "no-such-address"),
        (550, "no such user", "recipient", "address-refused"),
        (550, "5.0.0 it mentions 5.1.1 later", "recipient", "address-refused"),
        (551, "user not local", "recipient", "no-such-address"),
        (552, "5.2.2 Mailbox full", "recipient", "mailbox-full"),
        (552, "5.3.4 Message too big", "message", "too-large"),
        (550, "5.7.1 Blocked by policy", "recipient", "refused-as-unwanted"),
        (550, "looks like spam", "message", "refused-as-unwanted"),
        (554, "rejected", "recipient", "refused-as-unwanted"),
        (530, "5.7.0 Must issue a STARTTLS command first", "recipient", "sender-refused"),
        (553, "5.7.1 Sender address rejected", "sender", "sender-refused"),
        (535, "5.7.8 bad credentials", "sender", "sender-refused"),
        (452, "4.2.2 Mailbox full", "recipient", "mailbox-full"),
        (450, "4.2.1 receives too fast", "recipient", "server-asks-to-wait"),
        (451, "4.7.1 Greylisted", "recipient", "server-asks-to-wait"),
        (421, "too busy", "sender", "server-asks-to-wait"),
    ],
)
def test_an_answer_is_understood_by_its_codes(code, words, asked, reason) -> None:
    assert reason_of(code, words, asked) == reason


def test_a_server_s_answer_is_kept_beside_its_code(office, monkeypatch) -> None:
    async def refuse(*_: object) -> str:
        return "552 5.2.2 Quota"

    monkeypatch.setattr(smtp_sink.Connection, "handle_RCPT", refuse)
    office.hear(told(place()))
    [row] = office.log
    assert (row["reason"], row["words"]) == ("mailbox-full", "552 5.2.2 Quota")


def test_what_is_sent_in_the_end_has_no_reason_any_more(office) -> None:
    office.sink.misbehaviour = Misbehaviour("451", times=1)
    office.hear(told(place()))
    assert office.log[0]["reason"] == "server-asks-to-wait"
    office.make_due()
    office.work()
    assert (office.log[0]["state"], office.log[0]["reason"]) == ("sent", None)


@pytest.mark.parametrize("refusal", [Refused, TemporarilyRefused])
def test_a_refusal_without_words_says_its_sentence(refusal) -> None:
    assert str(refusal("address-unusable")) == SENTENCES["address-unusable"]
    assert str(refusal("address-refused", "550 no")) == "550 no"


def test_programs_and_people_read_the_code(
    office, database_url, monkeypatch, make_settings
) -> None:
    office.hear(told(place(person=person(email="nobody"))))
    settings = make_settings(database_url=database_url)
    monkeypatch.setattr(commands, "load_settings", lambda *_: settings)
    told_programs = CliRunner().invoke(commands.commands, ["--json"])
    assert [row["reason"] for row in json.loads(told_programs.stdout)] == ["address-unusable"]
    assert " address-unusable " in CliRunner().invoke(commands.commands, []).stdout


def test_what_was_written_before_there_were_codes_gets_its_own(tmp_path) -> None:
    before = Database.open(f"sqlite:///{tmp_path}/before.db")
    migrate(before, SERVICE, "notifications_0002")
    old = [
        ("skipped", "the registration is cancelled", "no-longer-comes"),
        ("skipped", "it happened more than 7 days ago (EMARGE_MAIL_MAX_AGE)", "too-late"),
        ("failed", "the address is none that email can be sent to", "address-unusable"),
        ("failed", "the mail server said 550 5.1.1 no", None),
        ("ambiguous", "no answer after the final dot: no answer in time", "unanswered"),
        ("sent", "2.0.0 OK", None),
    ]
    columns = dict.fromkeys(("registration_id", "kind", "recipient", "message_id"), "")
    with before.begin() as connection:
        for number, (state, words, _) in enumerate(old):
            row: dict[str, Any] = {
                **columns,
                "event_id": str(number),
                "state": state,
                "words": words,
            }
            row["created_at"] = now() - timedelta(days=1)
            connection.execute(sa.insert(sa.table("delivery", *map(sa.column, row))).values(row))
    migrate(before, SERVICE)
    with before.read() as connection:
        found = connection.execute(sa.select(Delivery.reason).order_by(Delivery.id)).scalars()
        assert list(found) == [reason for *_, reason in old]
    before.close()
