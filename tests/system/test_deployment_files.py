"""What goes around the services says the same as the services do."""

import json
import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from deploy.generate.compose import compose
from deploy.services import found, named
from services.certificates.figures import figures as certificate_figures
from services.notifications.delivery.log import figures as email_figures
from services.registration.seats.group_commit import TOGETHER, WAITING
from services.registration.seats.registering import REFUSED
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.failing import Failing
from shared.bus.migrations import migrate
from shared.process.intake_process import IntakeProcess
from shared.process.status import FeedStatus, Status, gauges
from shared.testing import MemoryQueue
from shared.watching import metrics
from tests.system.deployed import CONTAINERS, ENDING, EXAMPLE, FILES, OURS, ROOT

# Made by the image, or only of use to who changes the code.
NOT_IN_COMPOSE = {"EMARGE_HOME", "EMARGE_LEASE", "EMARGE_CONCURRENCY", "EMARGE_LOG_FORMAT"}


@pytest.mark.parametrize("service", [each.name for each in found()])
def test_every_setting_can_be_set(service: str) -> None:
    image = set(re.findall(r"EMARGE_\w+", (ROOT / "Dockerfile").read_text()))
    pods = yaml.safe_load(compose([named(service)]))["services"]
    given = {name for each in pods.values() for name in each.get("environment", ())} | image
    kind = import_module(f"services.{service}.service").service.settings
    wanted = {f"EMARGE_{name.upper()}" for name in kind.model_fields if name != "service"}
    assert wanted - given - NOT_IN_COMPOSE == set()


def test_every_variable_of_compose_is_explained() -> None:
    used = {name for file in FILES for name in re.findall(r"\$\{([A-Z_]+)", file.read_text())}
    explained = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    outside = {"POSTGRES_HOST", "MAILPIT_PORT", "PROMETHEUS_PORT", "GRAFANA_PORT"}
    filled = {name for name in used if name.endswith("_DATABASE_PASSWORD")}
    assert used - explained - outside - filled - {"PROMETHEUS_RETENTION"} == set()


def test_every_setting_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "operating.md").read_text()
    settings = set(re.findall(r"^#?(EMARGE_[A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert {name for name in settings if name not in manual} == set()


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"EMARGE_VERSION={version}\n" in EXAMPLE
    assert f"ARG VERSION={version}\n" in (ROOT / "Dockerfile").read_text()
    images = {CONTAINERS[name]["image"].partition(":")[2] for name in OURS}
    assert {image.rpartition(":-")[2].rstrip("}") for image in images} == {version}


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_every_container_is_kept_in_bounds(name: str) -> None:
    container = CONTAINERS[name]
    assert container["logging"]["options"]["max-size"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["restart"] == ("no" if name in ENDING else "unless-stopped")
    if name not in ENDING:
        assert container["deploy"]["resources"]["limits"]["memory"]
    if name not in (*ENDING, "mailpit", "prometheus", "grafana"):
        assert container["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_process_is_confined_and_watched(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"]
    assert container["init"]
    assert container["cap_drop"] == ["ALL"]
    (port,) = container["healthcheck"]["test"][2:]
    assert port == ("8000" if name.endswith("-web") else "9100")
    scraped = yaml.safe_load((ROOT / "deploy/shipped/scrape.yml").read_text())
    jobs = {job["job_name"]: job["dns_sd_configs"][0] for job in scraped["scrape_configs"]}
    assert jobs[name]["names"] == [name]
    assert str(jobs[name]["port"]) == port


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The name of every figure that some process shows."""
    feed = FeedStatus("registration", 0, 0, None, None)
    counted: dict[str, int] = {}
    for service, count in (
        ("notifications", email_figures),
        ("certificates", certificate_figures),
    ):
        path = tmp_path_factory.mktemp("figures") / f"{service}.db"
        database = Database.open(f"sqlite:///{path}")
        migrate(database, ROOT / "services" / service)
        with database.read() as connection:
            counted |= count(connection)
        intake = IntakeProcess(
            database, {}, {}, MemoryQueue(), service=service, caught_up={"registration": 0.0}
        )
        database.close()
    failing = Failing("x.happened", 1, 1, now())
    status = Status("x", 0, 0, (feed,), {"dead": 0}, (failing,), 0, 0.0, {"main": 0}, counted)
    shown = {name for name, *_ in [*gauges(status), *intake.lag()]}
    metrics.REQUESTS.labels("GET", "/", "200")
    REFUSED.labels("session-full")
    for family in [*REGISTRY.collect(), *TOGETHER.collect(), *WAITING.collect()]:
        shown |= {sample.name for sample in family.samples} | {family.name}
    return shown | {f"{name}_bucket" for name in shown}


def test_alerts_and_dashboards_ask_for_figures_that_exist(figures: set[str]) -> None:
    asked = set()
    for file in [
        ROOT / "deploy/prometheus/alerts.yml",
        *(ROOT / "services").glob("*/alerts.yml"),
        *(ROOT / "deploy/grafana/dashboards").iterdir(),
    ]:
        asked |= set(re.findall(r"\bemarge_[a-z_]+", file.read_text()))
    assert len(asked) > 15
    assert asked - figures == set()


def test_the_manual_names_figures_that_exist(figures: set[str]) -> None:
    manual = (ROOT / "docs" / "operating.md").read_text()
    assert set(re.findall(r"\bemarge_[a-z_]+", manual)) - figures == set()


def test_each_dashboard_can_be_read_by_grafana() -> None:
    boards = [
        json.loads(file.read_text()) for file in (ROOT / "deploy/grafana/dashboards").glob("*.json")
    ]
    assert boards
    for board in boards:
        assert board["panels"]
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
        for panel in board["panels"]:
            assert (
                panel["type"] == "row" or panel["targets"][0]["datasource"]["uid"] == "prometheus"
            )


def test_a_dashboard_has_a_row_for_each_service_that_prometheus_hears_of() -> None:
    text = (ROOT / "deploy/grafana/dashboards/services.json").read_text()
    assert not [each.name for each in found() if each.name in text]
    board = json.loads(text)
    (variable,) = board["templating"]["list"]
    assert variable["query"]["query"] == "label_values(emarge_oldest_due_seconds, service)"
    assert board["panels"][0]["repeat"] == variable["name"] == "service"
    asked = [target["expr"] for panel in board["panels"][1:] for target in panel["targets"]]
    assert all("$service" in expression for expression in asked)


def test_the_cluster_has_what_compose_has() -> None:
    objects = [
        found
        for file in (ROOT / "deploy/shipped/kubernetes").glob("*.yaml")
        for found in yaml.safe_load_all(file.read_text())
    ]
    named = {(found["kind"], found.get("metadata", {}).get("name")) for found in objects}
    for name in OURS:
        assert ("Deployment", name) in named
    for name in CONTAINERS:
        assert not name.endswith("-migrate") or ("Job", name) in named


def test_the_cluster_refuses_outside_what_is_for_the_inside_and_no_more() -> None:
    """Its controller takes every path of the host for the beginning of a match."""
    text = (ROOT / "deploy/kubernetes/base/ingress.yaml").read_text()
    ingress = next(yaml.safe_load_all(text))
    paths = [each["path"] for each in ingress["spec"]["rules"][0]["http"]["paths"]]

    def refused(path: str) -> bool:
        return any(re.match(pattern, path) for pattern in paths)

    asked = (
        "/events", "/metrics", "/readyz",
        "/events/asyncapi.json", "/events/registration", "/events/x.v1.json", "/healthz",
    )  # fmt: skip
    assert [path for path in asked if refused(path)] == ["/events", "/metrics", "/readyz"]


def test_secrets_are_filled_once(tmp_path: Path) -> None:
    settings = tmp_path / ".env"
    settings.write_text(EXAMPLE)

    def fill() -> str:
        subprocess.run([ROOT / "deploy/fill-secrets", settings], check=True, capture_output=True)
        return settings.read_text()

    filled = fill()
    required = [n for file in FILES for n in re.findall(r"\$\{([A-Z_]+):\?", file.read_text())]
    for name in required:
        assert re.search(rf"^{name}=.+", filled, re.MULTILINE), name
    secrets = re.findall(r"=([0-9a-f]{48})$", filled, re.MULTILINE)
    assert len(set(secrets)) == len(secrets) >= 7
    assert settings.stat().st_mode & 0o077 == 0
    assert fill() == filled
