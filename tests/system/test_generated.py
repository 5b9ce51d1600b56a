"""What Compose, Caddy and Prometheus hear of services, by their folders alone."""

import json
import os
import re
import subprocess
from pathlib import Path
from shutil import copytree, ignore_patterns, which
from typing import Any

import pytest
import yaml

from deploy.generate.__main__ import MADE, files
from deploy.generate.caddy import routes
from deploy.generate.compose import compose
from deploy.generate.kubernetes import objects
from deploy.generate.neighbours import own_settings
from deploy.generate.prometheus import alerts, scraped
from deploy.services import ROOT, Container, Page, Service, found
from tests.system.deployed import CONTAINERS, SHIPPED

BADGES = Service(
    "badges",
    web=("/badges", "/organiser/*/badges"),
    feeds=("registration",),
    asks=("notifications",),
    storage=True,
    settings=("EMARGE_BADGE_COLOUR", "AWS_REGION"),
    required={"EMARGE_BADGE_MAKER": "it wants: an address"},
    containers={
        "worker": Container(
            ("EMARGE_BADGE_PIN",), files="badges", reaches=(443,), memory=300, most=4
        )
    },
    publishes=True,
    pages=(Page("/organiser/*/badges", ("Badges", "To print"), ("Badges", "L'aspect")),),
)
QUIET = Service("tallies", feeds=("registration", "certificates"))
FOLDER = """
[project]
name = "badges"
version = "0.1.0"

[tool.emarge]
web = ["/badges", "/organiser/*/badges"]
feeds = ["registration"]
publishes = true

[[tool.emarge.pages]]
path = "/organiser/*/badges"
en = ["Badges", "To print"]
fr = ["Badges", "L'impression"]
"""


@pytest.fixture
def containers() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(compose([BADGES, QUIET], "own-databases"))["services"]
    return made


@pytest.mark.parametrize(("path", "text"), files(shipped=True).items(), ids=str)
def test_what_is_committed_is_what_the_folders_say(path: Path, text: str) -> None:
    assert (ROOT / path).read_text() == text, "python -m deploy.generate"


def test_who_is_shipped_is_in_it_and_nobody_else() -> None:
    names = {each.name for each in found() if each.shipped}
    assert names == set(SHIPPED["services"]["databases"]["environment"]["SERVICES"].split())
    assert {"registration", "notifications", "certificates"} <= names


def test_one_of_your_own_is_kept_as_those_that_emarge_comes_with(
    containers: dict[str, Any],
) -> None:
    for process in ("web", "intake", "worker"):
        own, shipped = containers[f"badges-{process}"], CONTAINERS[f"certificates-{process}"]
        differs = {name for name in own if own[name] != shipped[name]}
        assert differs <= {"image", "environment", "depends_on", "volumes", "deploy"}
    assert "build" not in containers["badges-worker"]


def test_it_is_given_what_all_have_and_what_it_asked_for(containers: dict[str, Any]) -> None:
    given = containers["badges-web"]["environment"]
    assert set(SHIPPED["x-environment"]) <= given.keys()
    assert given["EMARGE_BADGE_COLOUR"] == "${EMARGE_BADGE_COLOUR:-}"
    assert given["AWS_REGION"] is None, "empty is not the same as absent, to others"
    assert given["EMARGE_BADGE_MAKER"] == "${EMARGE_BADGE_MAKER:?it wants: an address}"
    assert given["EMARGE_FEEDS"] == "registration=http://registration-web:8000"
    assert given["EMARGE_NOTIFICATIONS_URL"] == "http://notifications-web:8000"
    assert given["EMARGE_STORAGE_URL"] == "/var/lib/emarge/badges"
    assert "EMARGE_STORAGE_URL" not in containers["tallies-worker"]["environment"]
    assert not any("SMTP" in name or "SIGNING" in name for name in given)


def test_what_one_process_needs_the_others_do_not_have(containers: dict[str, Any]) -> None:
    worker, web = containers["badges-worker"], containers["badges-web"]
    more = worker["environment"].keys() - web["environment"].keys()
    assert more == {"EMARGE_BADGE_PIN"}
    assert set(worker["volumes"]) - set(web["volumes"]) == {"./deploy/badges:/etc/emarge/badges:ro"}
    assert worker["deploy"]["resources"]["limits"]["memory"] == "300M"


def test_who_answers_nobody_has_no_web_process(containers: dict[str, Any]) -> None:
    assert {name for name in containers if name.startswith("tallies")} == {
        f"tallies-{part}" for part in ("migrate", "intake", "worker")
    }


def test_without_any_nothing_is_said_in_files_that_are_read_all_the_same() -> None:
    assert routes([]).startswith("#"), "Caddy refuses a file with nothing in it"
    assert yaml.safe_load(scraped([])) == {"scrape_configs": []}
    assert yaml.safe_load(alerts([])) == {"groups": []}
    assert yaml.safe_load(MADE + compose([])) == {"services": {}}


def led(path: str, *services: Service) -> str:
    """Whose web process Caddy would ask."""
    text = routes(services)
    for pattern, service in re.findall(
        r"path_regexp (\S+)\nhandle \S+ \{\n\timport replicas (\S+)-web", text
    ):
        if re.search(pattern, path):
            return str(service)
    return "".join(re.findall(r"^handle \{\n\timport replicas (\S+)-web", text, re.MULTILINE))


def test_its_paths_are_led_to_it() -> None:
    everything = Service("registration", web=("/",))
    for path, service in {
        "/organiser/day/badges/1": "badges",
        "/badges": "badges",
        "/badges/1": "badges",
        "/badgeslike": "registration",
        "/organiser/badges": "registration",
        "/organiser/day/emails": "registration",
        "/": "registration",
    }.items():
        assert led(path, everything, BADGES) == service, path


def test_the_longer_path_is_asked_first() -> None:
    deep = Service("deep", web=("/badges/*/prints",))
    assert led("/badges/1/prints", BADGES, deep) == "deep"
    assert led("/badges/1", deep, BADGES) == "badges"


def test_those_that_emarge_comes_with_hear_of_your_own_by_variables() -> None:
    told = own_settings([BADGES, QUIET])
    assert told["EMARGE_OWN_FEEDS"] == ",badges=http://badges-web:8000"
    assert "'" not in told["EMARGE_OWN_PAGES"], "it is quoted by them in .env"
    (page,) = json.loads(f"[{told['EMARGE_OWN_PAGES'].removeprefix(',')}]")
    assert page == {
        "path": "/organiser/*/badges",
        "en": ["Badges", "To print"],
        "fr": ["Badges", "L'aspect"],
    }
    assert own_settings([QUIET]) == {"EMARGE_OWN_FEEDS": "", "EMARGE_OWN_PAGES": ""}
    text = (ROOT / "deploy/shipped/compose.yml").read_text()
    assert text.count("${EMARGE_OWN_PAGES:-}") == 1
    assert text.count("${EMARGE_OWN_FEEDS:-}") == sum(each.reads_all for each in found())


def test_a_cluster_has_each_process_as_its_folder_says() -> None:
    files = objects([BADGES, QUIET])
    assert yaml.safe_load(files["kustomization.yaml"])["kind"] == "Component"
    badges = list(yaml.safe_load_all(files["badges.yaml"]))
    kinds = {(each["kind"], each["metadata"]["name"]) for each in badges}
    assert kinds == {
        *(("Deployment", f"badges-{process}") for process in ("web", "intake", "worker")),
        ("Service", "badges-web"),
        ("Job", "badges-migrate"),
        ("Ingress", "badges"),
        ("Ingress", "badges-patterns"),
        ("NetworkPolicy", "badges-worker"),
        ("PodDisruptionBudget", "badges-worker"),
        ("ScaledObject", "badges-worker"),
        ("TriggerAuthentication", "badges-database"),
    }
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in badges}
    assert "replicas" not in by_name["Deployment", "badges-worker"]["spec"], "the autoscaler's"
    assert by_name["Deployment", "badges-web"]["spec"]["replicas"] == 1
    (worker,) = by_name["Deployment", "badges-worker"]["spec"]["template"]["spec"]["containers"]
    assert worker["resources"]["limits"]["memory"] == "300Mi"
    assert worker["volumeMounts"][-1]["mountPath"] == "/etc/emarge/badges"
    (egress,) = by_name["NetworkPolicy", "badges-worker"]["spec"]["egress"]
    assert [port["port"] for port in egress["ports"]] == [443]
    quiet = {each["kind"] for each in yaml.safe_load_all(files["tallies.yaml"])}
    assert quiet == {"Deployment", "Job"}


def test_each_process_is_scraped_and_missed() -> None:
    jobs = {job["job_name"] for job in yaml.safe_load(scraped([BADGES, QUIET]))["scrape_configs"]}
    wanted = {f"badges-{process}" for process in ("web", "intake", "worker")}
    assert jobs == wanted | {"tallies-intake", "tallies-worker"}
    (group,) = yaml.safe_load(alerts([BADGES, QUIET]))["groups"]
    assert set(re.findall(r'job="([^"]+)"', group["rules"][0]["expr"])) == jobs


def copied(tmp_path: Path) -> Path:
    """What an operator's machine has of Emarge."""
    here = tmp_path / "emarge"
    copytree(ROOT / "deploy", here / "deploy", ignore=ignore_patterns("__pycache__"))
    for file in ("docker-compose.yml", ".env.example", "pyproject.toml"):
        (here / file).write_bytes((ROOT / file).read_bytes())
    (here / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    for service in found():
        if not service.shipped:
            continue
        told = Path("services", service.name, "pyproject.toml")
        (here / told).parent.mkdir(parents=True)
        (here / told).write_bytes((ROOT / told).read_bytes())
    return here


def test_what_a_folder_says_that_cannot_be_is_told_when_secrets_are_filled(tmp_path: Path) -> None:
    here = copied(tmp_path)
    told = here / "services" / "badges" / "pyproject.toml"
    told.parent.mkdir()
    told.write_text(FOLDER.replace("[tool.emarge]", "[tool.emarge]\ncats = 1"))
    done = subprocess.run([here / "deploy/fill-secrets"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "cats" in done.stderr
    assert "Python 3.11" not in done.stderr


def test_without_a_python_of_today_secrets_are_filled_all_the_same(tmp_path: Path) -> None:
    here = copied(tmp_path)
    old = tmp_path / "bin" / "python3"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\nexit 1\n")  # what any older one says to being asked for its version
    old.chmod(0o755)
    done = subprocess.run(
        [here / "deploy/fill-secrets"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{old.parent}:{os.environ['PATH']}"},
    )
    assert "need Python 3.11" in done.stderr
    assert "EMARGE_SECRET_KEY filled" in done.stdout


@pytest.mark.skipif(not which("docker"), reason="needs the command of Docker, not its engine")
def test_compose_has_it_once_secrets_are_filled_and_not_once_it_is_gone(tmp_path: Path) -> None:
    here = copied(tmp_path)

    def services() -> set[str]:
        subprocess.run([here / "deploy" / "fill-secrets"], check=True, capture_output=True)
        asked = ["docker", "compose", "config", "--services"]
        done = subprocess.run(asked, cwd=here, check=True, capture_output=True, text=True)
        return set(done.stdout.split())

    def environment() -> dict[str, dict[str, str]]:
        """Of each container, as Compose understands it."""
        asked = ["docker", "compose", "config", "--format", "json"]
        done = subprocess.run(asked, cwd=here, check=True, capture_output=True, text=True)
        containers = json.loads(done.stdout)["services"]
        return {name: each.get("environment", {}) for name, each in containers.items()}

    before = services()
    (here / "services" / "badges").mkdir()
    (here / "services" / "badges" / "pyproject.toml").write_text(FOLDER)
    processes = ("migrate", "web", "intake", "worker")
    added = {"own-databases", *(f"badges-{process}" for process in processes)}
    assert services() - before == added
    assert "BADGES_DATABASE_PASSWORD=\n" not in (here / ".env").read_text()
    given = environment()
    assert given["registration-web"]["EMARGE_FEEDS"].endswith(",badges=http://badges-web:8000")
    assert given["certificates-web"]["EMARGE_FEEDS"] == "registration=http://registration-web:8000"
    pages = json.loads(f"[{given['registration-web']['EMARGE_ORGANISER_PAGES']}]")
    assert pages[-1]["fr"] == ["Badges", "L'impression"]
    assert (here / "deploy/own/kubernetes/badges.yaml").exists()
    filled = (here / ".env").read_text()
    services()
    assert (here / ".env").read_text() == filled
    (here / "services" / "badges" / "pyproject.toml").unlink()
    assert services() == before
    assert "EMARGE_OWN_SERVICES=" not in re.sub("#.*", "", (here / ".env").read_text())
    assert "badges" not in environment()["registration-web"]["EMARGE_FEEDS"]
    assert not (here / "deploy/own/kubernetes/badges.yaml").exists()
