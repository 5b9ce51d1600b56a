"""The commands as an operator runs them, on a home of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.certificates.engine import DEFAULT_FOLDER
from services.certificates.service import service
from shared.base.database import Database
from shared.bus.migrations import migrate
from shared.commands.cli import main
from tests.certificates.service_doubles import House, certified, open_house


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@dataclass
class Operator:
    """Runs a command as `python -m services.certificates` does, but in this process."""

    home: Path
    house: House
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str, **settings: str) -> Done:
        self.capsys.readouterr()
        with self.monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["certificates", *arguments])
            for name, value in settings.items():
                patched.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(service)
        said = self.capsys.readouterr()
        if isinstance(ended.value.code, str):  # Python prints it and exits with 1
            return Done(1, said.out, said.err + ended.value.code + "\n")
        return Done(ended.value.code or 0, said.out, said.err)

    def says(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    for name in [name for name in os.environ if name.startswith("EMARGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EMARGE_HOME", str(tmp_path))
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a token of sixteen letters and more")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    for name in ("EMARGE_REDIS_URL", "EMARGE_BROKER_URL"):
        monkeypatch.setenv(name, "redis://127.0.0.1:1/0")
    database = Database.open(f"sqlite:///{tmp_path}/certificates.db")
    migrate(database, service.folder)
    house = open_house(database, tmp_path / "certificates")
    house.issue(certified("r-1"), certified("r-2", last_name="Un"))
    yield Operator(tmp_path, house, monkeypatch, capsys)
    database.close()


def test_revoke_reissue_and_list(operator: Operator) -> None:
    first, second = operator.house.record("r-1"), operator.house.record("r-2")
    assert "is revoked" in operator.says("revoke", first.code, "--reason", "entered by mistake")
    again = operator.run("revoke", first.code, "--reason", "twice")
    assert again.returncode == 1
    assert again.stderr.strip() == f"certificates: {first.code} cannot be revoked: it is revoked"

    rows = {row["registration_id"]: row for row in json.loads(operator.says("list", "--json"))}
    assert (rows["r-1"]["state"], rows["r-1"]["reason"]) == ("revoked", "entered by mistake")
    assert rows["r-2"]["state"] == "issued"
    assert "Un" in operator.says("list", "--conference", "journee-2026")

    assert "all that count will be made anew" in operator.says("reissue", "--all")
    assert "will be made anew" in operator.says("reissue", first.code)
    operator.house.documents.template = "new"
    operator.house.work()
    assert b"new" in operator.house.file(operator.house.record("r-2"))
    assert operator.house.record("r-2").code == second.code
    assert operator.house.record("r-1").code != first.code


def test_pausing_and_progress(operator: Operator) -> None:
    operator.house.receive(certified("r-3"))
    assert "1 documents wait" in operator.says("issuing", "pause")
    operator.house.work()
    progress = json.loads(operator.says("issuing", "progress", "--json"))
    assert progress["certificates_to_issue"] == 1
    assert progress["paused_since"]
    assert "1 documents are made now" in operator.says("issuing", "resume")
    operator.house.work()
    assert "3 issued, 0 to issue, 0 failed; going on" in operator.says("issuing", "progress")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["revoke", "nonsense", "--reason", "x"], "certificates: a code is sixteen signs"),
        (["revoke", "3333-3333-3333-3333", "--reason", " "], "certificates: --reason is empty"),
        (["reissue"], "certificates: name a code, a --conference or --all"),
        (["reissue", "--all", "--conference", "x"], "certificates: name a code"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    operator: Operator, arguments: list[str], complaint: str
) -> None:
    done = operator.run(*arguments)
    assert done.returncode != 0
    assert done.stderr.startswith(complaint)
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_demonstration_key_is_made_once_and_used(operator: Operator) -> None:
    folder = operator.home / "keys"
    assert operator.says("demo-authority", str(folder)).strip() == f"{folder}/signing.pem"
    key = (folder / "signing.pem").read_bytes()
    assert (folder / "signing.pem").stat().st_mode & 0o077 == 0
    operator.says("demo-authority", str(folder))
    assert (folder / "signing.pem").read_bytes() == key
    checked = json.loads(
        operator.run("check", "--json", EMARGE_SIGNING_KEY=f"{folder}/signing.pem").stdout
    )
    assert checked["connections"]["signing key"] is None
    assert checked["connections"]["storage"] is None
    assert checked["connections"]["redis"], "there is none in this test"


def test_check_says_when_documents_carry_no_signature(operator: Operator) -> None:
    assert "documents carry no signature" in operator.run("check").stderr


def test_check_names_a_key_or_a_storage_that_does_not_work(operator: Operator) -> None:
    done = operator.run(
        "check", "--json", EMARGE_SIGNING_KEY="/nowhere.pem", EMARGE_STORAGE_URL="/proc/nowhere"
    )
    tried = json.loads(done.stdout)["connections"]
    assert done.returncode == 1
    assert "EMARGE_SIGNING_KEY cannot be read" in tried["signing key"]
    assert "/proc/nowhere" in tried["storage"]


def test_templates_have_versions(operator: Operator, tmp_path: Path) -> None:
    assert "the design that Emarge ships" in operator.says("template", "list")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "template.css").write_text("p { color: #123456 }")
    (folder / "template.html").write_text("<p>{{ holder.name }\n")
    wrong = operator.run("template", "check", str(folder))
    assert wrong.returncode == 1
    assert "line 1" in wrong.stdout
    refused = operator.run("template", "publish", str(folder))
    assert refused.returncode == 1
    assert "line 1" in refused.stderr
    assert "the design that Emarge ships" in operator.says("template", "list")


def test_a_template_is_tried_on_a_real_person_then_published(
    operator: Operator, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    shutil.copytree(DEFAULT_FOLDER, folder)
    preview = tmp_path / "preview.pdf"
    code = operator.house.code("r-2")
    operator.says("template", "preview", str(folder), "--to", str(preview), "--code", code)
    text = subprocess.run(["pdftotext", str(preview), "-"], capture_output=True, check=True).stdout  # noqa: S607  poppler's
    assert code.encode() in text
    said = operator.says("template", "publish", str(folder), "--conference", "journee-2026")
    assert "published as number 1 for journee-2026: fast" in said
    assert "journee-2026" in operator.says("template", "list")
