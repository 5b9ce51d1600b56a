"""Secrets replaced, an upgrade and the way back, as docs/operating.md says, while people come.

The tests are the chapters of one story and run in their order.
"""

import asyncio
import io
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from shared.documents.signing import demo_authority
from shared.testing import eventually
from tests.system.containers.attendance import code_in, hold_the_day, links
from tests.system.containers.compose import ROOT, SERVICES, Compose, Mailpit
from tests.system.containers.figures import Figures
from tests.system.containers.visitors import DAY, PATIENCE, asked_meanwhile, held, register

WEBS = [f"{service}-web" for service in SERVICES]
READER = 10001  # whom the services run as, in their images
NEXT = "0.0.0-next"
NEXT_REVISION = 9999
NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{service}_{next}"
down_revision = "{service}_{last}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("of_the_next_version", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("event", sa.Column("of_the_next_version", sa.String))
"""

Served = Callable[[], None]
numbers = count()


@pytest.fixture(scope="module", autouse=True)
def up(compose: Compose) -> None:
    compose.up()
    compose.import_programme(date.today() + timedelta(days=30))  # noqa: DTZ011  a day on a calendar


@pytest.fixture
def serve(compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]]) -> Served:
    """Somebody registers, and has the email; nobody who did before is forgotten."""

    def serve() -> None:
        with compose.visitor() as visitor:
            person = register(visitor, next(numbers))
            registered.append(person)
            sessions = visitor.get(DAY).json()["sessions"]
        assert sum(session["taken"] or 0 for session in sessions) == held(registered)
        email = person["email"]
        eventually(lambda: mailpit.recipients(mailpit.messages())[email] == 1, timeout=PATIENCE)
        assert [compose.status(service)["trouble"] for service in SERVICES] == [
            [] for _ in SERVICES
        ]

    return serve


@pytest.fixture
def without_a_gap(compose: Compose, figures: Figures) -> Callable[[str], Any]:
    """What is done meanwhile is noticed by nobody who asks, but for a longer wait."""

    @contextmanager
    def watched(what: str) -> Iterator[None]:
        paths = (DAY, "/", "/verify", "/organiser/journee-nationale-2019/emails")
        with compose.visitor() as visitor, asked_meanwhile(visitor, *paths) as answers:
            yield
        assert answers.count > 100
        assert answers.refused == []
        figures.add(f"{what}: slowest of {answers.count:,} answers", answers.slowest, 10, "s")

    return watched


def roll(compose: Compose) -> None:
    """As docs/operating.md says after a setting has changed."""
    compose.script("roll", *WEBS)
    compose.up()


def test_the_secret_key(
    compose: Compose,
    serve: Served,
    registered: list[dict[str, Any]],
    without_a_gap: Callable[[str], Any],
) -> None:
    serve()
    old = compose.setting("EMARGE_SECRET_KEY")
    compose.set(EMARGE_SECRET_KEY=f"{secrets.token_hex(24)},{old}")
    with without_a_gap("secret key"):
        roll(compose)
    with compose.visitor() as visitor:
        assert visitor.get(registered[0]["manage_url"]).status_code == 200
    serve()


def test_the_service_token(
    compose: Compose, serve: Served, without_a_gap: Callable[[str], Any]
) -> None:
    old, new = compose.setting("EMARGE_SERVICE_TOKEN"), secrets.token_hex(24)
    with without_a_gap("service token"):
        for value in (f"{old},{new}", f"{new},{old}", new):
            compose.set(EMARGE_SERVICE_TOKEN=value)
            roll(compose)
            serve()


def test_the_passwords(
    compose: Compose, serve: Served, without_a_gap: Callable[[str], Any]
) -> None:
    names = [f"{name.upper()}_DATABASE_PASSWORD" for name in SERVICES]
    compose.set(REDIS_PASSWORD=secrets.token_hex(24))
    compose.set(**{name: secrets.token_hex(24) for name in names})
    with without_a_gap("passwords"):
        roll(compose)
    serve()


def test_the_database_s_own_password(compose: Compose, serve: Served) -> None:
    new = secrets.token_hex(24)
    compose(
        *("exec", "-T", "postgres", "psql", "-U", "postgres", "-f", "-"),
        given=f"ALTER ROLE postgres PASSWORD '{new}'".encode(),
    )
    compose.set(POSTGRES_PASSWORD=new)
    with compose.visitor() as visitor, asked_meanwhile(visitor, DAY, "/") as answers:
        compose("up", "-d", "--no-build", "--wait", "postgres")  # it starts again
        roll(compose)
    assert answers.count > 100
    assert [refusal for refusal in answers.refused if ": 503 " not in refusal] == []
    serve()


@pytest.fixture(scope="module")
def version(compose: Compose) -> str:
    return compose.setting("EMARGE_VERSION")


@pytest.fixture(scope="module")
def next_version(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Images of a version after this one: each has a table and a column more."""
    for service in SERVICES:
        folder = tmp_path_factory.mktemp(service)
        migrations = Path("services") / service / "migrations" / "versions"
        last = max(path.stem.rpartition("_")[2] for path in migrations.glob("*_*.py"))
        (folder / "next.py").write_text(
            NEXT_MIGRATION.format(service=service, last=last, next=NEXT_REVISION)
        )
        (folder / "Dockerfile").write_text(
            f"FROM emarge-{service}:{version}\n"
            f"COPY next.py /emarge/{migrations}/{service}_{NEXT_REVISION}.py\n"
        )
        build = ["docker", "build", "--quiet", "--tag", f"emarge-{service}:{NEXT}", str(folder)]
        subprocess.run(build, check=True, capture_output=True)
    yield NEXT
    images = [f"emarge-{service}:{NEXT}" for service in SERVICES]
    subprocess.run(["docker", "image", "rm", "--force", *images], check=False, capture_output=True)  # noqa: S607  wherever Docker is installed


def test_an_upgrade(
    compose: Compose, next_version: str, serve: Served, without_a_gap: Callable[[str], Any]
) -> None:
    compose.set(EMARGE_VERSION=next_version)
    with without_a_gap("upgrade"):
        for service in SERVICES:
            compose("run", "--rm", f"{service}-migrate")
        serve()  # the old version, on the new tables
        roll(compose)
    assert all(compose.version(service) == next_version for service in WEBS)
    serve()


def test_and_back(
    compose: Compose, version: str, serve: Served, without_a_gap: Callable[[str], Any]
) -> None:
    compose.set(EMARGE_VERSION=version)
    with without_a_gap("rollback"):
        roll(compose)
    assert all(compose.version(service) == version for service in WEBS)
    serve()


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, bytes]]:
    """Two signing keys where an operator puts them, each with the authority that vouches for it."""
    authorities = {}
    files = {name: ROOT / "deploy" / "signing" / f"{name}.pem" for name in ("one", "other")}
    for name, file in files.items():
        key, authorities[name] = demo_authority()
        file.write_bytes(key)
        os.chown(file, READER, READER)
    yield authorities
    for file in files.values():
        file.unlink()


def test_the_signing_key(
    compose: Compose,
    mailpit: Mailpit,
    serve: Served,
    registered: list[dict[str, Any]],
    keys: dict[str, bytes],
    without_a_gap: Callable[[str], Any],
) -> None:
    compose.set(EMARGE_SIGNING_KEY="/etc/emarge/signing/one.pem")
    roll(compose)
    serve()
    person = registered[-1]
    with compose.visitor() as visitor:
        hold_the_day(compose, visitor, [person])
        eventually(lambda: links(mailpit, 2), timeout=PATIENCE)
        link = links(mailpit, 2)[person["email"]]
        first = visitor.get(link).content
        assert vouched_for(first, keys["one"])
        compose.set(EMARGE_SIGNING_KEY="/etc/emarge/signing/other.pem")
        with without_a_gap("signing key"):
            roll(compose)
        assert visitor.get(link).content == first
        compose.emarge("certificates-worker", "reissue", code_in(link))
        eventually(lambda: visitor.get(link).content != first, timeout=PATIENCE)
        assert vouched_for(visitor.get(link).content, keys["other"])
        assert visitor.get(f"/api/certificates/{code_in(link)}").json()["valid"] is True


def vouched_for(document: bytes, authority: bytes) -> bool:
    """Whether the signature stands, by this authority."""
    root = x509.Certificate.load(pem.unarmor(authority)[2])
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(document)).embedded_signatures
    return bool(asyncio.run(async_validate_pdf_signature(signature, context)).trusted)
