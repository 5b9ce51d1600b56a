"""A service of one's own, by its folder alone: what Compose, Caddy and Prometheus hear of it."""

import re
import subprocess
from pathlib import Path
from shutil import copytree, ignore_patterns, which
from typing import Any

import pytest
import yaml

from deploy.own_services import EVERYWHERE, alerts, compose, routes, scraped
from deploy.services import ROOT, Service

SHIPPED = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BADGES = Service(
    "badges",
    web=("/badges", "/organiser/*/badges"),
    feeds=("registration",),
    storage=True,
    settings=("EMARGE_BADGE_COLOUR",),
)
QUIET = Service("tallies", feeds=("registration", "certificates"))
FOLDER = """
[project]
name = "badges"
version = "0.1.0"

[tool.emarge]
web = ["/badges"]
feeds = ["registration"]
"""


@pytest.fixture
def containers() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(compose([BADGES, QUIET]))["services"]
    return made


def test_one_process_is_kept_as_those_that_emarge_comes_with(containers: dict[str, Any]) -> None:
    for process in ("web", "intake", "worker"):
        own, shipped = (
            containers[f"badges-{process}"],
            SHIPPED["services"][f"certificates-{process}"],
        )
        for rule in (
            "read_only",
            "init",
            "cap_drop",
            "security_opt",
            "restart",
            "tmpfs",
            "command",
        ):
            assert own[rule] == shipped[rule], rule
        assert own["healthcheck"]["test"] == shipped["healthcheck"]["test"]
        assert set(own["networks"]) == set(shipped["networks"])
        assert own["logging"] == shipped["logging"]
    assert "build" not in containers["badges-worker"]


def test_it_is_given_what_all_have_and_what_it_asked_for(containers: dict[str, Any]) -> None:
    given = containers["badges-worker"]["environment"]
    assert {name.partition(":")[0] for name in SHIPPED["x-environment"]} - given.keys() == {
        "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG",
    } - EVERYWHERE.keys()
    assert given["EMARGE_BADGE_COLOUR"] == "${EMARGE_BADGE_COLOUR:-}"
    assert given["EMARGE_FEEDS"] == "registration=http://registration-web:8000"
    assert given["EMARGE_STORAGE_URL"] in containers["badges-worker"]["volumes"][0]
    assert "EMARGE_STORAGE_URL" not in containers["tallies-worker"]["environment"]
    assert not any("SMTP" in name or "SIGNING" in name for name in given)


def test_who_answers_nobody_has_no_web_process(containers: dict[str, Any]) -> None:
    assert {name for name in containers if name.startswith("tallies")} == {
        f"tallies-{part}" for part in ("database", "migrate", "intake", "worker")
    }


def test_without_any_nothing_is_said_in_files_that_are_read_all_the_same() -> None:
    assert routes([]).startswith("#"), "Caddy refuses a file with nothing in it"
    assert yaml.safe_load(scraped([])) == {"scrape_configs": []}
    assert yaml.safe_load(alerts([])) == {"groups": []}
    assert yaml.safe_load(compose([])) == {"services": {}}


def test_its_paths_are_led_to_it() -> None:
    patterns = re.findall(r"path_regexp (\S+)", routes([BADGES]))
    assert [
        bool(re.search(patterns[1], path)) for path in ("/organiser/day/badges/1", "/badges")
    ] == [
        True,
        False,
    ]
    assert re.search(patterns[0], "/badges")
    assert not re.search(patterns[0], "/badgeslike")


def test_each_process_is_scraped_and_missed() -> None:
    jobs = {job["job_name"] for job in yaml.safe_load(scraped([BADGES, QUIET]))["scrape_configs"]}
    wanted = {f"badges-{process}" for process in ("web", "intake", "worker")}
    assert jobs == wanted | {"tallies-intake", "tallies-worker"}
    (group,) = yaml.safe_load(alerts([BADGES, QUIET]))["groups"]
    assert set(re.findall(r'job="([^"]+)"', group["rules"][0]["expr"])) == jobs


@pytest.mark.skipif(not which("docker"), reason="needs the command of Docker, not its engine")
def test_compose_has_it_once_secrets_are_filled_and_not_once_it_is_gone(tmp_path: Path) -> None:
    here = tmp_path / "emarge"
    left_out = ignore_patterns("__pycache__", "compose.yml", "*.caddy", "scrape.yml", "alerts.yml")
    copytree(ROOT / "deploy", here / "deploy", ignore=left_out)
    for file in ("docker-compose.yml", ".env.example"):
        (here / file).write_bytes((ROOT / file).read_bytes())
    (here / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    for service in SHIPPED["services"]:
        if name := service.removesuffix("-migrate") if service.endswith("-migrate") else "":
            (here / "services" / name).mkdir(parents=True)
            told = ROOT / "services" / name / "pyproject.toml"
            (here / "services" / name / "pyproject.toml").write_bytes(told.read_bytes())

    def services() -> set[str]:
        subprocess.run([here / "deploy" / "fill-secrets"], check=True, capture_output=True)
        asked = ["docker", "compose", "config", "--services"]
        done = subprocess.run(asked, cwd=here, check=True, capture_output=True, text=True)
        return set(done.stdout.split())

    before = services()
    (here / "services" / "badges").mkdir()
    (here / "services" / "badges" / "pyproject.toml").write_text(FOLDER)
    processes = ("database", "migrate", "web", "intake", "worker")
    assert services() - before == {f"badges-{process}" for process in processes}
    assert "BADGES_DATABASE_PASSWORD=\n" not in (here / ".env").read_text()
    (here / "services" / "badges" / "pyproject.toml").unlink()
    assert services() == before
