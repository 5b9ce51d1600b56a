"""What the service does about a fast path that is wrong: refuse it, or make good what it made."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from services.certificates.base.settings import CertificatesSettings
from services.certificates.base.tables import CompiledTemplate, Document, PublishedTemplate
from services.certificates.designs import work
from services.certificates.designs.commands import template as commands
from services.certificates.designs.publication import (
    DIFFERED,
    publish_template,
    published,
    shipped_differed,
)
from services.certificates.designs.templating import Templates
from services.certificates.engine import DEFAULT_FOLDER, Press, Template, TemplateRefused, sample
from services.certificates.issuing.equipment import open_resources
from services.certificates.service import service
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.documents.signing import demo_authority
from shared.testing import drain
from tests.certificates.service_doubles import PUBLIC_URL, House, certified

FILLING = "services.certificates.engine.filling.composing"  # to be got wrong


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The rows are those of the other tests; what is tried here is the engine."""
    return sqlite_url


@pytest.fixture
def askew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The filler puts every line of a shape a little to the right."""
    monkeypatch.setattr(f"{FILLING}.number", lambda value: b"%.3f" % (value + 0.5))


def settings_of(database: Database, folder: Path, check_one_in: int) -> CertificatesSettings:
    (folder / "key.pem").write_bytes(demo_authority()[0])
    return CertificatesSettings(
        service="certificates",
        home=folder,
        database_url=str(database.engine.url),
        service_token="a token of sixteen letters and more",
        secret_key="a-secret-for-tests-only",
        signing_key=folder / "key.pem",
        storage_url=str(folder / "certificates"),
        public_url=PUBLIC_URL,
        check_one_in=check_one_in,
    )


def paths(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as connection:
        rows = connection.execute(
            select(Document.path, Document.reason).order_by(Document.stored_at)
        )
        return [(row.path, row.reason) for row in rows]


def test_what_was_made_fast_is_made_anew(
    house: House, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = house.database
    with Press() as press:
        Templates(database, press).in_force("day")  # compiled by a version that got it right
    request.getfixturevalue("askew")
    with (
        open_resources(settings_of(database, tmp_path, 0), database) as unaware,
        open_resources(settings_of(database, tmp_path, 100), database) as checking,
    ):
        house.receive(certified("one"), certified("two"))
        drain(service, database, unaware)
        assert paths(database) == [("fast", None)] * 2
        house.receive(certified("three"))
        drain(service, database, checking)
        assert paths(database)[2:] == [("full", None)] + [("full", DIFFERED)] * 2
        house.receive(certified("four"))
        drain(service, database, unaware)
        assert paths(database)[-1] == ("full", None), "it was told by the database"
    with database.read() as connection:
        assert shipped_differed(connection)
    for name in ("one", "two", "three", "four"):
        assert house.record(name).state == "valid"


@pytest.mark.usefixtures("one_person")
def test_a_design_that_is_published_again_is_proved_and_trusted(house: House) -> None:
    shipped = Template.from_folder()
    own = shipped.model_copy(update={"css": shipped.css + "p { color: navy }"})
    with Press() as press:
        templates = Templates(house.database, press)
        templates.compile(own)
        with house.database.begin() as connection:
            content = own.model_dump_json().encode()
            publish_template(connection, content, "day", own.digest)
            connection.execute(update(CompiledTemplate).values(differences=1))
        with house.database.read() as connection:
            [version] = published(connection, "day")
        assert (version.fast, version.reason) == (False, DIFFERED)
        assert not templates.in_force("day").compiled.verdict.fast
        templates.compile_proved(own)
        assert Templates(house.database, press).in_force("day").compiled.verdict.fast
    with house.database.read() as connection:
        [version] = published(connection, "day")
    assert version.fast


@pytest.fixture
def one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [("marie martin", sample(holder="marie martin"))]
    monkeypatch.setattr("services.certificates.engine.proving.adversaries", lambda: people)


@pytest.mark.usefixtures("one_person")
def test_a_design_whose_documents_differ_is_not_published(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = Template.from_folder()
    monkeypatch.setattr(f"{FILLING}.text_string", lambda _: b"()")  # no page shows it
    with pytest.raises(TemplateRefused, match=r"differ from full ones: marie martin: title"):
        work.publish(house.database, EventLog("certificates"), template, "day")
    with house.database.read() as connection:
        assert not connection.execute(select(PublishedTemplate)).all()


@pytest.mark.usefixtures("one_person")
def test_the_command_keeps_what_it_compared(tmp_path: Path) -> None:
    out = tmp_path / "compared"
    ran = CliRunner().invoke(commands, ["prove", str(DEFAULT_FOLDER), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "1 of 1 people have a fast certificate, 0 of them another" in ran.output
    kept = sorted(file.name for file in out.iterdir())
    assert kept == ["01-fast.pdf", "01-full.pdf", "01-oracle.pdf"]


@pytest.mark.usefixtures("one_person")
def test_the_command_says_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{FILLING}.text_string", lambda _: b"()")
    ran = CliRunner().invoke(commands, ["prove", str(DEFAULT_FOLDER)])
    assert ran.exit_code == 1
    assert "differs: marie martin: title" in ran.output
