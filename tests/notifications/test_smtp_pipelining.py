"""An envelope that goes at once, where a server takes it so (RFC 2920): what it refuses then, and
when."""

import pytest

from services.notifications.sending.outcomes import Accepted, Refused, TemporarilyRefused
from services.notifications.sending.smtp import SmtpTransport
from tests.notifications.mail_servers import NOTHING, PATIENCE, Lines, Script, parcel, server_at


def hear_envelope(lines: Lines, *answers: str) -> None:
    """All of it, before anything is answered."""
    heard = [lines.hear().split(":")[0] for _ in range(3)]
    assert heard == ["MAIL FROM", "RCPT TO", "DATA"]
    for answer in answers:
        lines.say(answer)


def take(lines: Lines) -> None:
    hear_envelope(lines, "250 sender", "250 recipient", "354 go on")
    while lines.hear() != ".":
        pass
    lines.say("250 taken")


def deliver_twice(server: Script) -> None:
    """One that is refused, and one that is not."""
    transport = SmtpTransport(server_at(server.url), PATIENCE)
    with pytest.raises(Refused, match=r"550 5\.1\.1 nobody"):
        transport.deliver(parcel(), lambda: pytest.fail("marked, and nothing was sent"))
    assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
    transport.close()


def test_it_goes_at_once_to_a_server_that_takes_it_so() -> None:
    def play(lines: Lines) -> None:
        lines.greet("PIPELINING")
        take(lines)
        take(lines)

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()
    assert server.connections == 1


def test_to_another_each_command_waits_for_the_answer_to_the_one_before() -> None:
    def play(lines: Lines) -> None:
        lines.greet("SIZE 1000000")
        lines.hear("250 sender")
        lines.hear("550 5.1.1 nobody")
        lines.hear("250 reset")
        lines.take_message()

    with Script(play) as server:
        deliver_twice(server)
    heard = [line.split(":")[0] for line in server.heard]
    assert heard[1:4] == ["MAIL FROM", "RCPT TO", "RSET"]


def test_a_recipient_that_is_refused_is_no_end_of_the_connection() -> None:
    def play(lines: Lines) -> None:
        lines.greet("PIPELINING")
        hear_envelope(lines, "250 sender", "550 5.1.1 nobody", "554 no valid recipients")
        assert lines.hear("250 reset") == "RSET"
        take(lines)

    with Script(play) as server:
        deliver_twice(server)
    assert server.connections == 1


def test_a_server_that_waits_for_the_message_of_nobody_gets_none() -> None:
    left: list[str] = []

    def refuse(lines: Lines) -> None:
        lines.greet("PIPELINING")
        hear_envelope(lines, "250 sender", "550 5.1.1 nobody", "354 go on")
        left.append(lines.hear())

    def welcome(lines: Lines) -> None:
        lines.greet("PIPELINING")
        take(lines)

    with Script(refuse, welcome) as server:
        deliver_twice(server)
    assert left == [""]  # it hung up


@pytest.mark.parametrize(
    "answers",
    [
        ("451 later", "503 first a sender", "503 first a sender"),
        ("250 sender", "451 later", "554 nobody to send to"),
        ("250 sender", "421 closing"),
        ("250 sender", "250 recipient", "451 later"),
    ],
)
def test_what_is_refused_for_now_is_told_by_the_first_refusal(answers) -> None:
    def play(lines: Lines) -> None:
        lines.greet("PIPELINING")
        hear_envelope(lines, *answers)

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        with pytest.raises(TemporarilyRefused, match=r"4[25]1"):
            transport.deliver(parcel(), NOTHING)
        transport.close()


def test_a_farewell_on_a_kept_connection_is_answered_by_another_one() -> None:
    def farewell(lines: Lines) -> None:
        lines.greet("PIPELINING")
        take(lines)
        hear_envelope(lines, "421 too long idle")

    def welcome(lines: Lines) -> None:
        lines.greet("PIPELINING")
        take(lines)

    with Script(farewell, welcome) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()
    assert server.connections == 2
