"""From a closed day to a document that verifies for decades: real engine, real authorities."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from pyhanko.sign.ades.report import AdESPassed
from typer.testing import CliRunner

from services.certificates.base.settings import CertificatesSettings
from services.certificates.commands import commands
from services.certificates.issuing.equipment import open_resources
from services.certificates.preservation import asking
from services.certificates.service import service
from services.certificates.verification.verifying import verify_file
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import Misconfigured
from shared.base.settings import load_settings
from shared.bus.migrations import migrate
from shared.testing import drain
from tests.certificates.authorities import YEAR, authorities
from tests.certificates.judging_signatures import judge
from tests.certificates.keeping import Clock
from tests.certificates.service_doubles import PUBLIC_URL, certified, open_house


def test_a_day_is_issued_preserved_and_verified(
    tmp_path: Path, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/certificates.db"
    database = Database.open(url)
    migrate(database, service.folder)
    house = open_house(database, tmp_path / "certificates")
    key = tmp_path / "key.pem"
    with authorities(seal_for=YEAR, stamping_for=6 * YEAR) as served:
        key.write_bytes(served.signing_pem)
        settings = CertificatesSettings(
            service="certificates",
            home=tmp_path,
            database_url=url,
            service_token="a token of sixteen letters and more",
            secret_key="a-secret-for-tests-only",
            signing_key=key,
            timestamp_url=served.timestamp_url,
            signature_level="LTA",
            public_url=PUBLIC_URL,
        )
        with open_resources(settings, database) as resources:
            house.receive(certified())
            drain(service, database, resources)
            issued = house.file(house.record())
            time.pass_(asking.SETTLED)
            drain(service, database, resources)
        trusted = served.trusted
    preserved = house.file(house.record())
    assert preserved.startswith(issued)
    assert len(preserved) > len(issued)
    with database.read() as connection:
        verdict = verify_file(connection, preserved)
    assert verdict is not None
    assert (verdict.finding, verdict.signed_by) == ("valid", "CN=Test seal")
    assert judge(preserved, now() + 5 * YEAR, trusted, monkeypatch).ades_subindic == AdESPassed.OK
    monkeypatch.setenv("EMARGE_DATABASE_URL", url)
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a token of sixteen letters and more")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    said = json.loads(CliRunner().invoke(commands, ["preservation", "--json"]).stdout)
    assert (said["signed"], said["preserved"], said["due"], said["troubles"]) == (1, 1, 0, [])
    words = CliRunner().invoke(commands, ["preservation"]).stdout
    assert "1 of 1 signed documents are preserved" in words
    assert f"{now() + 6 * YEAR - timedelta(hours=1):%Y-%m}" in words


def test_a_level_wants_an_authority_of_timestamps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a token of sixteen letters and more")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    monkeypatch.setenv("EMARGE_SIGNATURE_LEVEL", "LTA")
    with pytest.raises(Misconfigured, match="EMARGE_TIMESTAMP_URL"):
        load_settings(CertificatesSettings, "certificates")


def test_a_password_is_no_part_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a token of sixteen letters and more")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    monkeypatch.setenv("EMARGE_TIMESTAMP_URL", "https://user:secret@tsa.example/")
    with pytest.raises(Misconfigured) as refused:
        load_settings(CertificatesSettings, "certificates")
    assert "secret@" not in str(refused.value)
