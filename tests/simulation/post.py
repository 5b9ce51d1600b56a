"""Notifications, as the simulation has it: all of it real but what its letters say. Those are two
lines, of what an email was made from."""

import json
from typing import Any

import pytest
from pydantic import SecretStr

from services.notifications import service as notifications
from services.notifications.base.settings import NotificationsSettings
from services.notifications.occasions import mailing, telling
from services.notifications.resources import Resources
from services.notifications.sending.server import MailServer as Address
from services.notifications.sending.smtp import SmtpTransport
from services.notifications.writing.compose import Identity, Mailbox
from services.notifications.writing.letters import Kind
from shared.base.database import Database
from shared.bus.migrations import migrate
from shared.events.registration import Place
from tests.simulation.world import Violation, World

PATIENCE = 30.0  # seconds for one email
MAILED = ("confirmed", "waitlisted", "promoted", "changed", "cancelled")
ENDED = ("sent", "ambiguous", "skipped")


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
        patch.setattr(telling, "notice_email", brief_notice)

    def open(self, _world: World, database: Database, _post: object) -> Resources:
        server = Address("mail.example.org", 25, starttls="never")
        return Resources(
            settings=self._settings,
            database=database,
            transport=SmtpTransport(server, PATIENCE),
            writer=None,  # type: ignore[arg-type]  # letters are brief
            own_words=None,  # type: ignore[arg-type]
            sender=Mailbox("Emarge", "from@example.org"),
        )

    def check(self, run: Any) -> None:
        """Each email once, or listed as one of which nobody knows."""
        rows = run.inbox.query("SELECT event_id, state, job_id, kind, reason FROM delivery")
        listed = {row[0]: row for row in rows}
        watch = run.inbox_watch
        for job in watch.jobs.values():
            kind = job.type.removeprefix("registration.")
            if not job.type.startswith("registration.") or kind not in MAILED:
                continue
            if kind == "changed" and job.key not in listed and not _is_told(watch.envelope(job)):
                continue
            if job.key not in listed:
                raise Violation(f"email: of job {job.id} there is no delivery", job.id, job.key)
            _, state, _, _, reason = listed[job.key]
            sent = len(run.mail.accepted.get(f"<{job.key}@example.org>", ()))
            about = job.id, job.key
            if state not in ENDED:
                raise Violation(f"email: {job.key} is {state} for ever", *about)
            if sent > 1 + watch.forced[job.id]:
                raise Violation(f"double: {job.key} was accepted {sent} times", *about)
            if state == "sent" and not sent:
                raise Violation(f"email: {job.key} is listed as sent, and no server has it", *about)
            if state == "skipped" and reason not in ("too-late", "day-cancelled"):
                raise Violation(f"email: {job.key} was skipped for {reason}", *about)


def brief(kind: Kind, place: Place, identity: Identity, *_: Any) -> bytes:
    said = {
        "kind": kind,
        "registration": place.registration_id,
        "revision": place.revision,
        "version": place.programme_version,
    }
    head = f"Message-ID: {identity.message_id}\r\nSubject: {kind}\r\n\r\n"
    return f"{head}{json.dumps(said)}\r\n".encode()


def brief_notice(_notice: Any, place: Place, identity: Identity, *_: Any) -> bytes:
    return brief("notice", place, identity)


def _is_told(envelope: dict[str, Any]) -> bool:
    return envelope["data"].get("tell", "change") != "nothing"
