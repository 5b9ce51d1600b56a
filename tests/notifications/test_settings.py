"""Settings: what they take, and what they say when they are wrong."""

from pathlib import Path

import pytest

from services.notifications.base.settings import NotificationsSettings
from services.notifications.sending.server import MailServer, parse_smtp_url
from shared.base.errors import Misconfigured
from shared.base.settings import load_settings


@pytest.fixture(autouse=True)
def environment(monkeypatch) -> None:
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a-token-for-the-feeds")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    monkeypatch.setenv("EMARGE_MAIL_FROM", "Emarge <emarge@emarge.example>")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25)),
        (
            "smtp://mail.example:587?starttls=required",
            MailServer("mail.example", 587, starttls="required"),
        ),
        ("smtp://mail.example?starttls=never", MailServer("mail.example", 25, starttls="never")),
        (
            "smtp://us%40er:p%3Aw%2F@mail.example",
            MailServer("mail.example", 25, starttls="required", user="us@er", password="p:w/"),
        ),
        ("smtps://mail.example", MailServer("mail.example", 465, implicit_tls=True)),
        ("file:///var/mail%20out", Path("/var/mail out")),
    ],
)
def test_where_emails_go(url, place) -> None:
    assert parse_smtp_url(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp://",
        "mail.example:25",
        "file://relative",
        "smtp://mail.example?starttls=maybe",
        "smtp://mail.example?tls=1",
        "smtp://mail.example:port",
        "",
    ],
)
def test_a_malformed_place_names_its_setting(url, monkeypatch) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  its words are checked below
        parse_smtp_url(url)
    if not url:
        return  # an empty variable counts as unset
    monkeypatch.setenv("EMARGE_SMTP_URL", url)
    with pytest.raises(Misconfigured, match="EMARGE_SMTP_URL"):
        load_settings(NotificationsSettings, "notifications")


def test_a_password_is_in_no_message(monkeypatch) -> None:
    monkeypatch.setenv("EMARGE_SMTP_URL", "smtp://user:pa55word@mail.example?starttls=perhaps")
    with pytest.raises(Misconfigured) as problem:
        load_settings(NotificationsSettings, "notifications")
    assert "pa55word" not in str(problem.value)
    monkeypatch.setenv("EMARGE_SMTP_URL", "smtp://user:pa55word@mail.example")
    settings = load_settings(NotificationsSettings, "notifications")
    assert "pa55word" not in repr(settings)
    assert "pa55word" not in repr(parse_smtp_url(settings.smtp_url.get_secret_value()))


def test_days_and_ages(monkeypatch) -> None:
    settings = load_settings(NotificationsSettings, "notifications")
    assert settings.reminder_days == (7, 1)
    monkeypatch.setenv("EMARGE_REMINDER_DAYS", "1, 14,3")
    assert load_settings(NotificationsSettings, "notifications").reminder_days == (14, 3, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMARGE_REMINDER_DAYS", "soon"),
        ("EMARGE_MAIL_FROM", "nobody"),
        ("EMARGE_MAIL_FROM", "x <a b@c.example>"),
        ("EMARGE_CERTIFICATE_DELIVERY", "carry"),
        ("EMARGE_MAIL_MAX_AGE", "0"),
        ("EMARGE_SEND_SINCE", "2019-11-07T09:00:00"),
    ],
)
def test_what_is_wrong_is_named(name, value, monkeypatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=name):
        load_settings(NotificationsSettings, "notifications")
