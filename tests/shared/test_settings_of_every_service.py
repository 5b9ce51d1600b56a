"""Settings come from the environment; a wrong one names itself and what it wants."""

import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from shared.base import settings as of_every_service
from shared.base.errors import Misconfigured
from shared.base.settings import Settings, load_settings, misspelt
from tests.shared.conftest import ROOT, TOKEN


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("EMARGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", TOKEN)


def load(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(f"EMARGE_{name}", value)
    return load_settings(Settings, "sample")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SERVICE_TOKEN", "short", "EMARGE_SERVICE_TOKEN wants at least 16 characters"),
        ("SERVICE_TOKEN", "", "EMARGE_SERVICE_TOKEN is missing (bearer token"),
        ("DATABASE_URL", "mysql://host/name", "EMARGE_DATABASE_URL names no database"),
        ("DATABASE_URL", "postgresql://host/name", "or postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql+psycopg://h:port/n", "EMARGE_DATABASE_URL is malformed"),
        ("BROKER_URL", "kafka://host", "EMARGE_BROKER_URL names no server"),
        ("BROKER_URL", "localhost:6379", "EMARGE_BROKER_URL names no server"),
        ("BROKER_URL", "sentinel://host:26379/0", "wants sentinel://host:port,…/0?master=NAME"),
        ("BROKER_URL", "redis://host:port/0", "EMARGE_BROKER_URL is malformed"),
        ("REDIS_URL", "amqp://host", "EMARGE_REDIS_URL names no server"),
        ("FEEDS", "http://host", "EMARGE_FEEDS wants NAME=http://host:port"),
        ("FEEDS", "registration=host", "EMARGE_FEEDS wants NAME=http://host:port"),
        ("PROXIES", "10.0.0.1/8", "EMARGE_PROXIES wants addresses or networks, comma-separated"),
        ("PROXIES", "caddy", "EMARGE_PROXIES wants addresses or networks, comma-separated"),
        ("PUBLIC_URL", "emarge.example", "EMARGE_PUBLIC_URL wants http://… or https://…"),
        ("LEASE", "1", "EMARGE_LEASE Input should be greater than 5 (seconds"),
        ("CONCURRENCY", "0", "EMARGE_CONCURRENCY"),
        ("METRICS_PORT", "99999", "EMARGE_METRICS_PORT"),
        ("LOG_LEVEL", "LOUD", "(DEBUG, INFO, WARNING or ERROR)"),
    ],
)
def test_a_wrong_one_names_itself(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    with pytest.raises(Misconfigured) as refused:
        load(monkeypatch, **{name: value})
    assert complaint in str(refused.value)
    assert str(refused.value).startswith(f"EMARGE_{name} ")


def test_every_wrong_one_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured) as refused:
        load(monkeypatch, LEASE="soon", CONCURRENCY="many", SERVICE_TOKEN="")
    for name in ("LEASE", "CONCURRENCY", "SERVICE_TOKEN"):
        assert f"EMARGE_{name} " in str(refused.value)


def test_a_secret_is_never_part_of_the_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured) as refused:
        load(monkeypatch, SERVICE_TOKEN="hunter2")
    assert "hunter2" not in str(refused.value)


def test_the_database_is_a_file_at_home_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load(monkeypatch, HOME=str(tmp_path)).database_url == f"sqlite:///{tmp_path}/sample.db"


def test_feeds_tokens_and_origin_are_read_as_they_are_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(
        monkeypatch,
        FEEDS="registration=http://a:1/, certificates=https://b",
        SERVICE_TOKEN=f"{TOKEN}, the one of the year before",
        PUBLIC_URL="https://emarge.example/",
    )
    assert settings.feeds == {"registration": "http://a:1", "certificates": "https://b"}
    assert [secret.get_secret_value() for secret in settings.service_token] == [
        TOKEN,
        "the one of the year before",
    ]
    assert settings.public_url == "https://emarge.example"
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("SERVICE_TOKENS", "SERVICE_TOKEN"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("feed", "FEEDS"),
    ],
)
def test_a_misspelt_one_is_named_with_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    monkeypatch.setenv(f"EMARGE_{given}", "x")
    assert misspelt(Settings) == {f"EMARGE_{given.upper()}": f"EMARGE_{meant}"}
    with pytest.raises(Misconfigured, match=f"{given.upper()} is no setting; EMARGE_{meant} is"):
        load_settings(Settings, "sample")


def test_what_another_service_says_it_reads_is_none_of_ours_misspelt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = create_model("Own", __base__=Settings, badge_url=(str, ""), badge_key=(str, ""))
    monkeypatch.setattr(of_every_service, "SERVICES", tmp_path)
    names = {"EMARGE_BADGES_URL": "EMARGE_BADGE_URL", "EMARGE_BADGE_KEYS": "EMARGE_BADGE_KEY"}
    for name in names:
        monkeypatch.setenv(name, "x")
    assert misspelt(own) == names
    (tmp_path / "badges").mkdir()
    said = '[tool.emarge]\nsettings = ["EMARGE_BADGE_KEYS"]\n'
    (tmp_path / "badges" / "pyproject.toml").write_text(said)
    assert misspelt(own) == {}


def test_what_others_here_read_is_not_misspelt(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation's settings are given to all of it."""
    names = set(re.findall(r"EMARGE_[A-Z_]+[A-Z]", (ROOT / ".env.example").read_text()))
    assert len(names) > 20
    for name in names:
        monkeypatch.setenv(name, "x")
    services = [path.parent.parent.name for path in ROOT.glob("services/*/base/settings.py")]
    kinds: list[Any] = [Settings, *(_settings_of(service) for service in services)]
    assert [misspelt(kind) for kind in kinds] == [{}] * len(kinds)


def _settings_of(service: str) -> type[Settings]:
    """Each `services/NAME/base/settings.py` has one class of its own."""
    module = import_module(f"services.{service}.base.settings")
    (kind,) = (
        found
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, Settings)
        and found.__module__ == module.__name__
    )
    return kind
