"""Notifications, as the simulation has it: all of it real but what its letters say. Those are two
lines, of what an email was made from."""

import json
from typing import Any

import pytest
from pydantic import SecretStr

from services.notifications import service as notifications
from services.notifications.base.settings import NotificationsSettings
from services.notifications.occasions import mailing, old_address, telling
from services.notifications.resources import Resources
from services.notifications.sending.server import MailServer as Address
from services.notifications.sending.smtp import SmtpTransport
from services.notifications.writing.compose import Email, Identity, Mailbox
from shared.base.database import Database
from shared.bus.migrations import migrate
from shared.events.registration import Place, RegistrationAddressCorrected
from tests.simulation.letters_watch import LettersWatch
from tests.simulation.world import Violation, World

PATIENCE = 30.0  # seconds for one email
MAILED = ("confirmed", "waitlisted", "promoted", "changed", "cancelled")
ENDED = ("sent", "ambiguous", "skipped")
FOR_NOTHING = (
    "too-late",
    "erased",
    "day-cancelled",
    "no-longer-comes",
    "nothing-new",
    "told-later",
)


class Post:
    name = "notifications"
    service = notifications.service

    def __init__(self) -> None:
        # What it does not use may be missing: it writes no words.
        self._settings = NotificationsSettings(
            service="notifications",
            mail_from="Emarge <from@example.org>",
            smtp_url=SecretStr("smtp://mail.example.org:25?starttls=never"),
            secret_key=(SecretStr("a-secret-for-tests-only"),),
            service_token=(SecretStr("a-token-between-services"),),
            reminder_days=(),
        )

    def prepare(self, database: Database) -> None:
        migrate(database, self.service.folder)

    def write_briefly(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(mailing, "place_email", brief)
        patch.setattr(telling, "notice_email", _brief_notice)
        patch.setattr(telling, "cancelled_day_email", _brief_cancellation)
        patch.setattr(old_address, "old_address_email", _brief_line)

    def open(self, _world: World, database: Database, _post: object) -> Resources:
        server = Address("mail.example.org", 25, starttls="never")
        return Resources(
            settings=self._settings,
            database=database,
            transport=SmtpTransport(server, PATIENCE),
            writer=None,  # type: ignore[arg-type]  # letters are brief
            own_words=None,  # type: ignore[arg-type]  # the same
            sender=Mailbox("Emarge", "from@example.org"),
        )

    def watch(self, run: Any) -> None:
        self._letters = LettersWatch(run)
        run.mail.look, run.mail.judge = self._letters.look, self._letters.judge

    def check(self, run: Any) -> None:
        """Each email once, or listed as one of which nobody knows."""
        rows = run.inbox.query("SELECT event_id, state, job_id, reason FROM delivery")
        listed = {row[0]: row for row in rows}
        jobs = run.inbox_watch.jobs.values()
        for job in jobs:
            _, _, kind = job.type.partition("registration.")
            if kind not in MAILED or job.key in listed:
                continue
            if kind != "changed" or _is_told(run.inbox_watch.envelope(job)):
                raise Violation(f"email: of job {job.id} there is no delivery", job.id, job.key)
        for event, state, number, reason in rows:
            about = number, event
            sent = len(run.mail.accepted.get(f"<{event}@example.org>", ()))
            if state not in ENDED:
                raise Violation(f"email: {event} is {state} for ever", *about)
            if sent > 1 + run.inbox_watch.forced[number]:
                raise Violation(f"double: {event} was accepted {sent} times", *about)
            if state == "sent" and not sent:
                raise Violation(f"email: {event} is listed as sent, and no server has it", *about)
            if state == "skipped" and reason not in FOR_NOTHING:
                raise Violation(f"email: {event} was skipped for {reason}", *about)
        self._letters.check()


def brief(kind: str, place: Place, identity: Identity, *_: Any) -> Email:
    said = {"kind": kind, "registration": place.registration_id, "version": place.programme_version}
    return _written(kind, identity, said)


def _brief_notice(_notice: Any, place: Place, identity: Identity, *_: Any) -> Email:
    return brief("notice", place, identity)


def _brief_cancellation(place: Place, identity: Identity, *_: Any) -> Email:
    return brief("day-cancelled", place, identity)


def _brief_line(about: RegistrationAddressCorrected, identity: Identity, _: Any) -> Email:
    return _written(
        "old-address", identity, {"kind": "line", "registration": about.registration_id}
    )


def _written(kind: str, identity: Identity, said: dict[str, Any]) -> Email:
    head = f"Message-ID: {identity.message_id}\r\nSubject: {kind}\r\n\r\n"
    return Email(kind, f"{head}{json.dumps(said)}\r\n".encode())


def _is_told(envelope: dict[str, Any]) -> bool:
    return bool(envelope["data"].get("tell", "change") != "nothing")
