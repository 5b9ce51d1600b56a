"""SMTP against real servers that behave, and that do not."""

import smtplib
import socket
import threading
from collections.abc import Iterator

import pytest

from deploy.local.misbehaviour import Misbehaviour
from services.notifications.sending.outcomes import (
    Accepted,
    Refused,
    TemporarilyRefused,
    Unanswered,
)
from services.notifications.sending.server import MailServer
from services.notifications.sending.smtp import SmtpTransport
from tests.notifications.mail_servers import (
    NOTHING,
    PATIENCE,
    Script,
    count_connections,
    parcel,
    server_at,
)


@pytest.fixture
def transport(smtp_sink) -> Iterator[SmtpTransport]:
    opened = SmtpTransport(server_at(smtp_sink.url), PATIENCE)
    yield opened
    opened.close()


# --- what is accepted ---


def test_an_accepted_email_arrives_as_it_was_sent(transport, smtp_sink) -> None:
    outcome = transport.deliver(parcel(text=".\n..two\n.end\n"), NOTHING)
    assert isinstance(outcome, Accepted)
    assert "OK" in outcome.words
    [message] = smtp_sink.mailbox.messages()
    assert message.get_content().replace("\r\n", "\n") == ".\n..two\n.end\n"
    [identity] = smtp_sink.mailbox.ids()
    stored = smtp_sink.mailbox.stored(identity)
    assert (stored.sender, stored.recipients) == (
        "emarge@emarge.example",
        ("elodie@ville.example",),
    )


def test_the_connection_is_kept(smtp_sink) -> None:
    connections = count_connections(smtp_sink)
    transport = SmtpTransport(server_at(smtp_sink.url), PATIENCE)
    for _ in range(3):
        transport.deliver(parcel(), NOTHING)
    transport.close()
    assert len(smtp_sink.mailbox.ids()) == 3
    assert connections() == 1


def test_a_long_idle_connection_is_not_used_again(smtp_sink) -> None:
    now = [0.0]
    connections = count_connections(smtp_sink)
    transport = SmtpTransport(server_at(smtp_sink.url), 1e9, clock=lambda: now[0])
    transport.deliver(parcel(), NOTHING)
    now[0] += 30
    transport.deliver(parcel(), NOTHING)
    assert connections() == 1
    now[0] += 300
    transport.deliver(parcel(), NOTHING)
    assert connections() == 2
    transport.close()


def test_a_connection_that_ended_while_idle_is_opened_again() -> None:
    def once(lines) -> None:
        lines.greet()
        lines.take_message()

    with Script(once, once) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()
        assert server.connections == 2


def test_a_server_that_bids_farewell_while_idle_is_asked_again() -> None:
    def farewell(lines) -> None:
        lines.greet()
        lines.take_message()
        lines.hear("421 too long idle")

    def welcome(lines) -> None:
        lines.greet()
        lines.take_message()

    with Script(farewell, welcome) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        transport.deliver(parcel(), NOTHING)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()


# --- around the final dot ---


def test_the_mark_comes_after_the_message_and_before_the_dot() -> None:
    heard_at_mark: list[str] = []
    arrived = threading.Event()

    def play(lines) -> None:
        lines.greet()
        lines.hear("250 sender")
        lines.hear("250 recipient")
        lines.hear("354 go on")
        while "Hello." not in lines.hear():
            pass
        arrived.set()
        while lines.hear() != ".":
            pass
        lines.say("250 taken")

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)

        def mark() -> None:
            assert arrived.wait(PATIENCE), "the message must be out before the mark"
            heard_at_mark.extend(server.heard)

        transport.deliver(parcel(), mark)
        transport.close()
    assert "." not in heard_at_mark
    assert server.heard[-1] == "."


def test_when_the_mark_fails_no_dot_is_sent(transport, smtp_sink) -> None:
    class Lost(Exception):
        pass

    def fail() -> None:
        raise Lost

    with pytest.raises(Lost):
        transport.deliver(parcel(), fail)
    transport.deliver(parcel(text="second"), NOTHING)
    [message] = smtp_sink.mailbox.messages()
    assert message.get_content().strip() == "second"


def test_a_server_that_hangs_up_before_the_dot_has_accepted_nothing() -> None:
    closed = threading.Event()

    def play(lines) -> None:
        lines.greet()
        lines.hear("250 sender")
        lines.hear("250 recipient")
        lines.hear("354 go on")
        while "Hello." not in lines.hear():
            pass
        lines.hang_up()
        closed.set()

    def mark() -> None:
        assert closed.wait(PATIENCE)

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        # It hangs up while the mark is being written: even then nothing was accepted.
        with pytest.raises(TemporarilyRefused):
            transport.deliver(parcel(), mark)


@pytest.mark.parametrize("play_after_dot", ["close", "silence"])
def test_without_an_answer_after_the_dot_nobody_knows(play_after_dot) -> None:
    done = threading.Event()

    def play(lines) -> None:
        lines.greet()
        lines.take_message(None)
        if play_after_dot == "silence":
            done.wait(PATIENCE)

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), 0.5)
        outcome = transport.deliver(parcel(), NOTHING)
        done.set()
    assert isinstance(outcome, Unanswered)
    assert server.heard[-1] == "."


# --- what is refused ---


@pytest.mark.parametrize("fault", ["421", "451", "refuse-connection"])
def test_what_is_refused_for_now_may_be_tried_again(fault, transport, smtp_sink) -> None:
    smtp_sink.misbehaviour = Misbehaviour(fault, times=1)
    with pytest.raises(TemporarilyRefused, match=r"4[25]1"):
        transport.deliver(parcel(), NOTHING)
    assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
    assert len(smtp_sink.mailbox.ids()) == 1


def test_what_is_refused_for_good_says_why(transport, smtp_sink) -> None:
    smtp_sink.misbehaviour = Misbehaviour("550", times=1)
    connections = count_connections(smtp_sink)
    with pytest.raises(Refused, match=r"550 5\.1\.1 No such person here"):
        transport.deliver(parcel(), NOTHING)
    assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
    assert connections() == 1  # the refusal was of that message only


def test_a_refusal_after_the_dot_is_a_refusal() -> None:
    def play(lines) -> None:
        lines.greet()
        lines.take_message("554 5.7.1 looks like spam")

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        with pytest.raises(Refused, match=r"554 5\.7\.1 looks like spam"):
            transport.deliver(parcel(), NOTHING)
        transport.close()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = SmtpTransport(MailServer("127.0.0.1", port), PATIENCE)
    with pytest.raises(TemporarilyRefused, match=rf"127\.0\.0\.1:{port}") as refusal:
        transport.deliver(parcel(), NOTHING)
    assert refusal.value.reason == "server-unreachable"


def test_a_server_that_keeps_silent_is_left_in_time() -> None:
    done = threading.Event()

    def play(_lines) -> None:
        done.wait(PATIENCE)

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), 0.3)
        with pytest.raises(TemporarilyRefused):
            transport.deliver(parcel(), NOTHING)
        done.set()


def test_many_slow_answers_together_are_not_waited_for() -> None:
    done = threading.Event()

    def play(lines) -> None:
        lines.greet()
        for _ in range(20):
            lines.hear()
            done.wait(0.4)
            lines.say("250 slow")

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), 0.6)
        with pytest.raises(TemporarilyRefused, match=r"in time|timed out"):
            transport.deliver(parcel(), NOTHING)
        done.set()


# --- addresses beyond ASCII ---


def test_smtputf8_is_asked_for_when_needed(transport, smtp_sink) -> None:
    assert isinstance(transport.deliver(parcel("élodie@ville.example"), NOTHING), Accepted)
    [identity] = smtp_sink.mailbox.ids()
    assert smtp_sink.mailbox.stored(identity).recipients == ("élodie@ville.example",)


def test_without_smtputf8_such_an_address_is_refused_clearly() -> None:
    def play(lines) -> None:
        lines.greet()
        lines.hear("250 reset")
        lines.take_message()

    with Script(play) as server:
        transport = SmtpTransport(server_at(server.url), PATIENCE)
        with pytest.raises(Refused) as refusal:
            transport.deliver(parcel("élodie@ville.example"), NOTHING)
        assert refusal.value.reason == "beyond-ascii"
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()


def test_the_standard_library_agrees_on_the_bytes(smtp_sink) -> None:
    """What we send is what smtplib would have sent."""
    one = parcel(text=".\n.x\nend")
    transport = SmtpTransport(server_at(smtp_sink.url), PATIENCE)
    transport.deliver(one, NOTHING)
    transport.close()
    host, port = smtp_sink.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as theirs:
        theirs.sendmail(one.sender, [one.recipient], one.message)
    ours, theirs_raw = (smtp_sink.mailbox.raw(name) for name in smtp_sink.mailbox.ids())
    assert ours == theirs_raw
