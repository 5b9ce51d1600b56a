"""What the templates say of emails."""

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from services.notifications import reasons
from shared.words.language import Language

# What each kind of email and each outcome is called; to be translated.
KINDS = {
    "confirmed": "Confirmation",
    "waitlisted": "Waitlist",
    "promoted": "Place found",
    "changed": "Change",
    "cancelled": "Cancellation",
    "notice": "Notice",
    "day-cancelled": "Day cancelled",
    "link": "Lost link",
    "old-address": "Address corrected",
    "reminder": "Reminder",
    "certificate": "Certificate",
    "holder-link": "Own page of certificates",
    "asked": "Other service",
    "announcement": "Message",
    "test": "Test",
}
OUTCOMES = {
    "sent": "Sent",
    "underway": "Under way",
    "held": "Held",
    "failed": "Failed",
    "ambiguous": "Unsure",
    "skipped": "Not sent",
}
TONES = {
    "sent": "good",
    "underway": "",
    "held": "warn",
    "failed": "bad",
    "ambiguous": "warn",
    "skipped": "",
}


def _language(context: Context) -> Language:
    language: Language = context["language"]
    return language


@pass_context
def kind_name(context: Context, kind: str) -> str:
    return _language(context).gettext(KINDS.get(kind, kind))


@pass_context
def outcome_name(context: Context, outcome: str) -> str:
    return _language(context).gettext(OUTCOMES[outcome])


@pass_context
def sentence(context: Context, reason: str | None) -> str:
    return reasons.sentence(reason, _language(context))


FILTERS: dict[str, Callable[..., Any]] = {
    "kind_name": kind_name,
    "outcome_name": outcome_name,
    "tone": TONES.__getitem__,
    "sentence": sentence,
}
