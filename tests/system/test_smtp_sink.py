"""The SMTP sink keeps what it accepts, shows it, and misbehaves as it is told."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from deploy.local.mail_pages import mail_pages
from deploy.local.misbehaviour import Fault, Misbehaviour
from deploy.local.smtp_sink import SmtpSink
from tests.system.serving import serving

PICTURE = b"\x89PNG picture"


@pytest.fixture
def client(smtp_sink: SmtpSink) -> Iterator[httpx.Client]:
    with serving(mail_pages(smtp_sink)) as client:
        yield client


def badge() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Votre badge est prêt"
    message["From"] = "emarge@example.org"
    message["To"] = "Zoé Øster <zoe@example.org>"
    message["Message-ID"] = "<badge@example.org>"
    message.set_content("Bonjour Zoé")
    message.add_alternative('<p>Bonjour <b>Zoé</b> <img src="cid:qr">', subtype="html")
    html: Any = message.get_payload(1)
    html.add_related(PICTURE, "image", "png", cid="<qr>", filename="qr.png")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="journée.ics")
    return message


def send(sink: SmtpSink) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        client.send_message(badge())


def test_an_accepted_email_is_kept_as_it_came(smtp_sink: SmtpSink) -> None:
    send(smtp_sink)
    (message,) = smtp_sink.mailbox.messages()
    assert message["Subject"] == "Votre badge est prêt"
    assert message.get_body(("plain",)).get_content() == "Bonjour Zoé\r\n"
    (stored,) = map(smtp_sink.mailbox.stored, smtp_sink.mailbox.ids())
    assert (stored.recipients, stored.message_id) == (
        ("zoe@example.org",),
        "<badge@example.org>",
    )


def test_the_pages_show_an_email_and_its_parts(smtp_sink: SmtpSink, client: httpx.Client) -> None:
    send(smtp_sink)
    (item,) = client.get("/mails.json").json()["items"]
    page = f"/mails/{item['id']}"
    assert "Votre badge est prêt" in client.get("/").text
    assert "Nothing here" in client.get("/?q=nobody").text
    assert "journée.ics" in client.get(page).text
    html = client.get(f"{page}/html")
    assert f'<img src="{page}/parts/0">' in html.text
    assert "sandbox" in html.headers["content-security-policy"]
    assert client.get(f"{page}/parts/0").content == PICTURE
    assert client.get(f"{page}/parts/1").text == "BEGIN:VCALENDAR\r\n"
    assert "X-Sink-Sender" in client.get(f"{page}/source").text


@pytest.mark.parametrize("path", ["/mails/none", "/mails/..%2f..%2fsecrets", "/mails/none/parts/0"])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


# What a client sees, and whether the sink has kept the message.
@pytest.mark.parametrize(
    ("fault", "seen", "kept"),
    [
        ("refuse-connection", smtplib.SMTPConnectError, 0),
        ("421", smtplib.SMTPDataError, 0),
        ("451", smtplib.SMTPDataError, 0),
        ("550", smtplib.SMTPRecipientsRefused, 0),
        ("close-before-dot", smtplib.SMTPServerDisconnected, 0),
        ("lose-after-dot", smtplib.SMTPServerDisconnected, 0),
        ("close-after-dot", smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_it_misbehaves_once_and_is_well_again(
    smtp_sink: SmtpSink, fault: Fault, seen: type[Exception], kept: int
) -> None:
    smtp_sink.misbehaviour = Misbehaviour(fault, times=1)
    with pytest.raises(seen):
        send(smtp_sink)
    assert len(smtp_sink.mailbox.ids()) == kept
    send(smtp_sink)
    assert len(smtp_sink.mailbox.ids()) == kept + 1


def test_it_is_told_to_misbehave_over_http(smtp_sink: SmtpSink, client: httpx.Client) -> None:
    assert client.put("/misbehaviour", json={"fault": "451", "share": 0.5}).is_success
    assert smtp_sink.misbehaviour == Misbehaviour("451", share=0.5)
    assert client.put("/misbehaviour", json={"fault": "sulk"}).status_code == 400
    client.delete("/misbehaviour")
    assert smtp_sink.misbehaviour.fault is None
