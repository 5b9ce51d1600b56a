"""`make up`, as someone at a terminal has it: real processes, a browser's requests, Ctrl-C."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from deploy.local.mailbox import body
from deploy.local.ports import Ports
from deploy.local.postgres import PrivatePostgres
from deploy.local.stack import SERVICES
from deploy.services import ROOT
from services.certificates.badges.issuer import did_of
from shared.base.clock import now
from shared.testing import eventually
from tests.system.up import Up, running, start

EFFECT_WITHIN = 30.0
REVOKED_WITHIN = 10.0  # seconds until other verifiers find it out
API = "/api/conferences/journee-nationale-2019"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running(tmp_path_factory.mktemp("up") / "home") as up:
        yield up


def person(name: str, **more: Any) -> dict[str, Any]:
    return {
        "first_name": name,
        "last_name": "Élysée",
        "email": f"{name.lower()}@example.org",
        "sessions": ["atelier-1"],
        "consent": True,
        **more,
    }


def register(up: Up, name: str) -> dict[str, Any]:
    answer = up.browser.post(f"{API}/registrations", json=person(name), timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.json()


def verify_badge(up: Up, badge: str) -> None:
    """As other people's verifiers do: key and status list found by what the badge says."""

    def download(url: str, *_: object, **__: object) -> bytes:
        return up.browser.get(re.sub("^https?://[^/]+", "", url)).raise_for_status().content

    did = did_of(up.stack.url)
    verifier = OB3Verifier.for_issuer_did(did, download=download)
    verifier.verify(badge, check_status=True, download=download)


def is_revoked(up: Up, badge: str) -> bool:
    try:
        verify_badge(up, badge)
    except OB3VerificationError as error:
        return "'revocation' is set" in str(error)
    return False


def emails_to(up: Up, address: str) -> list[str]:
    stored = (up.mailbox.stored(identity) for identity in up.mailbox.ids())
    return [each.id for each in stored if each.recipients == (address,)]


def test_it_says_where_everything_is(up: Up) -> None:
    assert up.stack.url in up.said
    assert httpx.get(up.stack.emails_url, trust_env=False).is_success
    assert "deploy.local.inside registration status" in up.said
    (link,) = re.findall(r"http://\S+/organiser/\S+", up.said)
    assert up.browser.get(link, follow_redirects=True).is_success


def test_the_day_is_three_weeks_ahead_and_open(up: Up) -> None:
    (conference,) = up.browser.get("/api/conferences").json()["items"]
    ahead = datetime.fromisoformat(conference["starts_at"]) - now()
    assert timedelta(days=19) < ahead < timedelta(days=22)
    assert conference["status"] == "open"


def test_secrets_are_for_the_owner_only(up: Up) -> None:
    files = up.stack.home.glob("*.env")
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}


def test_a_person_lives_the_whole_day(up: Up) -> None:
    registered = register(up, "Camille")
    (confirmation,) = eventually(lambda: emails_to(up, "camille@example.org"), EFFECT_WITHIN)
    own = registered["manage_url"].rpartition(".")[0]  # the email's own link says that it was sent
    assert f"{own}.e." in (body(up.mailbox.message(confirmation), "plain") or "")

    yesterday = (now() - timedelta(days=1)).date().isoformat()
    programme = ROOT / "conferences" / "journee-nationale-2019.yaml"
    up.stack.run("registration", "import", str(programme), "--date", yesterday)
    staff, organiser = up.token("staff"), up.token("organiser")
    for session, clock in ((None, "08:10"), ("atelier-1", "09:15")):
        scan = {"code": registered["code"], "session": session, "at": f"{yesterday}T{clock}:00Z"}
        assert up.browser.post(f"{API}/checkins", json=scan, headers=staff).status_code == 201
    closed = up.browser.post(f"{API}/close", headers=organiser)
    assert (closed.status_code, closed.json()) == (202, {"to_certify": 1})

    eventually(lambda: len(emails_to(up, "camille@example.org")) == 2, EFFECT_WITHIN)
    text = body(up.mailbox.message(emails_to(up, "camille@example.org")[1]), "plain") or ""
    code = re.findall(r"/verify/([A-Z0-9-]+)", text)[0]
    verified = up.browser.get(f"/api/certificates/{code}").json()
    assert (verified["valid"], verified["holder"]) == (True, "Camille Élysée")
    assert "atelier-1" in [session["session"] for session in verified["sessions"]]

    (pdf,) = set(re.findall(r"/certificates/[A-Z0-9-]+\.pdf\?key=[\w-]+", text))
    badge = up.browser.get(pdf.replace(".pdf?", ".jwt?")).raise_for_status().text
    verify_badge(up, badge)
    up.stack.run("certificates", "revoke", code, "--reason", "a mistake")
    eventually(lambda: is_revoked(up, badge), REVOKED_WITHIN)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
@pytest.mark.parametrize(
    "command", ["services.registration web", "services.notifications worker", "deploy.local.front"]
)
def test_a_killed_process_is_back_within_two_seconds(up: Up, command: str) -> None:
    killed = up.process_id(command)
    os.kill(killed, signal.SIGKILL)
    eventually(
        lambda: any(command in line and pid != killed for pid, line in up.processes().items()),
        timeout=2,
    )
    eventually(lambda: _answers(up), EFFECT_WITHIN)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_it_stops_with_all_it_started_and_continues_with_its_data(up: Up) -> None:
    before = up.browser.get(API).json()
    up.stop()
    assert up.process.returncode == 0, up.said
    assert up.processes() == {}
    again = start(up.stack.home, up.stack.ports)
    up.process = again.process
    assert again.browser.get(API).json() == before
    again.browser.close()


def _answers(up: Up) -> bool:
    try:
        return up.browser.get("/api/conferences").is_success
    except httpx.TransportError:
        return False


def test_it_runs_on_postgresql_when_told_so(tmp_path: Path) -> None:
    with PrivatePostgres() as postgres:
        for service in SERVICES:
            postgres.create_database(service)
        url = postgres.url("{service}")
        up = start(tmp_path / "home", Ports.any_free(), EMARGE_DATABASE_URL=url)
        try:
            register(up, "Camille")
            eventually(lambda: emails_to(up, "camille@example.org"), EFFECT_WITHIN)
            assert not list(up.stack.home.rglob("*.db")), "nothing was kept in SQLite"
        finally:
            up.browser.close()
            up.stop()
