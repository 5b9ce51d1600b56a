"""The commands of sheets, as an operator runs them."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from services.sheets.base.tables import EntryRow, Seal, Sheet
from services.sheets.figures import figures, worries
from services.sheets.service import service
from shared.commands.cli import main
from shared.documents.signing.commands import write_demo_authority
from tests.sheets.signed_day import DAY, KEYS, TABLET, House
from tests.sheets.test_sealing_sheets import pdf, seal

Run = Callable[..., tuple[int, str, str]]
PICTURE_KEYS = KEYS[0].get_secret_value()


@pytest.fixture
def run(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Run:
    """(exit code, output, errors) of a command, on the house's database."""
    for name in [name for name in os.environ if name.startswith("EMARGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EMARGE_DATABASE_URL", database_url)
    monkeypatch.setenv("EMARGE_STORAGE_URL", str(tmp_path / "sealed"))
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a token of sixteen letters and more")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")

    def run_(*arguments: str, keys: str = PICTURE_KEYS) -> tuple[int, str, str]:
        capsys.readouterr()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["sheets", *arguments])
            patched.setenv("EMARGE_PICTURE_KEYS", keys)
            with pytest.raises(SystemExit) as ended:
                main(service)
        said, code = capsys.readouterr(), ended.value.code
        if isinstance(code, str):
            return 1, said.out, said.err + code
        return code or 0, said.out, said.err

    return run_


def test_verify_names_each_fault_and_exits_1(house: House, run: Run) -> None:
    for who in ("ada", "bob", "cyd"):
        house.sign(who)
    assert run("verify") == (0, "", "4 sheets, 3 entries, 0 faults\n")
    with house.database.begin() as connection:
        connection.execute(delete(EntryRow).where(EntryRow.number == 2))
        connection.execute(update(EntryRow).where(EntryRow.number == 1).values(name="Eve"))
    code, out, err = run("verify", DAY)
    assert code == 1
    assert out == "journee opening: entry 1 altered\njournee opening: entry 2 removed\n"
    assert "2 faults" in err
    assert run("verify", "nowhere")[0] == 1


def test_pictures_are_verified_where_their_keys_are(house: House, run: Run) -> None:
    house.sign("ada")
    code, _, err = run("verify", keys="")
    assert (code, "pictures not looked at" in err) == (1, True)
    assert run("verify", "--chains-only", keys="")[0] == 0
    code, out, _ = run("verify", keys="another key altogether")
    assert (code, out) == (1, "journee opening: entry 1 altered\n")


def test_documents_are_verified_by_themselves(house: House, run: Run, tmp_path: Path) -> None:
    house.sign("ada")
    sealed = seal(house)
    assert run("verify")[0] == 0
    forged = pdf(house, sealed).replace(b"%PDF-1.7", b"%PDF-1.6")
    house.resources.storage.put(sealed.file, forged)
    assert "seal 1 is not the one that was sealed" in run("verify")[1]
    with house.database.begin() as connection:
        digest = hashlib.sha256(forged).hexdigest()
        connection.execute(update(Seal).values(digest=digest))
    write_demo_authority(tmp_path / "keys")
    code, out, _ = run("verify", "--signers", str(tmp_path / "keys" / "signing.pem"))
    assert (code, "is signed with no certificate" in out) == (1, True)
    with house.database.begin() as connection:
        connection.execute(update(Seal).values(head="0" * 64))
    assert "seal 1 has another chain" in run("verify")[1]
    house.resources.storage.delete(sealed.file)
    assert "the document of seal 1 is not there" in run("verify")[1]


@pytest.mark.parametrize("table", [EntryRow, Seal])
def test_what_is_left_of_a_sheet_that_is_not_there(
    house: House, run: Run, table: type[EntryRow | Seal]
) -> None:
    house.sign("ada")
    seal(house)
    with house.database.begin() as connection:
        connection.execute(delete(Sheet).where(Sheet.seal == 1))
        connection.execute(delete(Seal if table is EntryRow else EntryRow))
    code, out, _ = run("verify")
    assert (code, "there is no such sheet any more" in out) == (1, True)


def test_a_sheet_is_shown(house: House, run: Run) -> None:
    house.sign("ada")
    house.sign("bob", by=TABLET, at=house.at_now().replace(year=2029))
    code, out, err = run("sheet", DAY, "opening")
    assert code == 0
    assert "09:12:00  phone   Zoé Ada\n" in out
    assert "tablet  Zoé Bob  (clock)\n" in out
    assert "-         -       Zoé Cyd\n" in out
    assert "open: 2 of 3 signed" in err
    said = json.loads(run("sheet", DAY, "opening", "--json")[1])
    assert said["sheet"]["entries"] == 2
    assert [each["marks"] for each in said["people"]] == [[], ["clock"], []]
    assert run("sheet", DAY, "nowhere")[0] == 1


def test_keys_are_made_and_changed(house: House, run: Run, tmp_path: Path) -> None:
    house.sign("ada")
    file = tmp_path / "keys"
    assert run("keys", "make", str(file))[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("keys", "make", str(file))[0] == 1
    new = file.read_text().strip()
    code, out, _ = run("keys", "rotate", keys=f"{new},{PICTURE_KEYS}")
    assert (code, out) == (0, "0 left\n")
    assert run("verify", keys=str(file))[0] == 0
    code, _, err = run("keys", "rotate")
    assert code == 1
    assert "EMARGE_PICTURE_KEYS" in err


def test_status_says_what_needs_a_look(house: House) -> None:
    house.sign("ada", by=TABLET, at=house.at_now().replace(year=2029))
    house.at(31)
    with house.database.read() as connection:
        counted = figures(connection)
        said = worries(connection)
    assert counted["signatures_in_conflict"] == 1
    assert counted["sheets_unsigned"] == 3
    assert [each.partition(":")[0] for each in said] == [
        "1 signature kept with something against it",
        "1 sheet signed more than a day ago and not sealed",
    ]
