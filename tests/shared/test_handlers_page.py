"""The page on handlers is true: its signatures are those of the code, and its code is run."""

import ast
import inspect
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from shared.base import errors
from shared.base.clock import now
from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus import inbox as bus_inbox
from shared.bus.deadletters import dead_letter, replay_from
from shared.bus.delays import DELAYS, INNOCENT_DEATHS
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JobRow, receive
from shared.bus.lease import claim
from shared.commands.cli import application
from shared.events import Event
from shared.events.registration import AttendeeErased, RegistrationCancelled
from shared.process.service import Job, Service
from shared.testing import drain
from tests.shared.conftest import ROOT, TOKEN
from tests.shared.someone import confirmed

PAGE = (ROOT / "docs" / "handlers.md").read_text()
STUBS, *PIECES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
REAL = {
    "Service": Service,
    "Event": Event,
    "Job": Job,
    **{name: getattr(errors, name) for name in ("Hopeless", "Later", "Parked")},
}
UNSAID = {
    "Service": {"subscriptions", "lanes", "lane_of", "flows", "delays", "folder", "run", "do"},
    "Event": {"specversion", "dataschema", "traceparent", "fact", "model_config"},
}


def members(node: ast.ClassDef) -> dict[str, str]:
    """By name, what a class says of each: a field's type, a function's parameters."""
    said = {}
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            said[each.target.id] = ast.unparse(each.annotation)
        elif isinstance(each, ast.FunctionDef):
            is_field = any(ast.unparse(of) == "property" for of in each.decorator_list)
            parameters = f"({ast.unparse(each.args)}) -> {ast.unparse(each.returns or each)}"
            said[each.name] = ast.unparse(each.returns) if is_field and each.returns else parameters
    return said


def tree_of(thing: Any) -> Any:
    return ast.parse(inspect.getsource(thing)).body[0]


def test_its_signatures_are_those_of_the_code() -> None:
    shown = {node.name: node for node in ast.parse(STUBS).body if hasattr(node, "name")}
    assert shown.keys() == REAL.keys() | {"schedule", "unschedule"}
    for name, real in REAL.items():
        there = members(tree_of(real))
        known = {k: v for k, v in there.items() if not k.startswith("_") or k == "__init__"}
        said = members(shown[name])
        if name == "Event":  # shown as called, it is a property
            known["identity"], said["identity"] = "UUID", "UUID"
        assert said == {k: v for k, v in known.items() if k not in UNSAID.get(name, ())}, name
    for name in ("schedule", "unschedule"):
        real = tree_of(getattr(bus_inbox, name))
        assert ast.unparse(shown[name].args) == ast.unparse(real.args)


def test_its_figures_are_those_of_the_code() -> None:
    assert [wait.total_seconds() for wait in DELAYS] == [1, 2, 5, 15, 60, 300, 900, 3600, 10800]
    assert "1, 2, 5, 15 s, 1, 5, 15 min, 1 and 3 h" in PAGE
    assert f"for the first {INNOCENT_DEATHS} times" in PAGE
    settings = Settings(service="badges", service_token=(SecretStr(TOKEN),))
    figures = [settings.lease, settings.soft_limit, settings.hard_limit, settings.concurrency]
    table = PAGE.partition("| setting | is | default |")[2].partition("\n\n")[0]
    assert [float(said) for said in re.findall(r"\| (\d+) \|$", table, re.MULTILINE)] == figures


class Printers:
    """Three, of which one has no paper and one may be gone; what each printed."""

    def __init__(self) -> None:
        self.printed: Counter[tuple[str, str]] = Counter()
        self.fails: dict[str, Exception] = {}
        self.answers: bool | None = None

    def print(self, printer: str, _sheet: str, name: str) -> None:
        if printer in self.fails:
            raise self.fails[printer]
        self.printed[printer, name] += 1

    def has(self, _printer: str, _sheet: str) -> bool | None:
        return self.answers


@pytest.fixture(scope="module")
def badges(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The pieces of the page, one after the other."""
    file = tmp_path_factory.mktemp("page") / "badges_of_the_page.py"
    file.write_text("\n\n".join(PIECES))
    return SimpleNamespace(**run_path(str(file), run_name=file.stem))


@pytest.fixture
def printers() -> Printers:
    return Printers()


@pytest.fixture
def resources(badges: SimpleNamespace, database: Database, printers: Printers) -> Any:
    badges.Base.metadata.create_all(database.engine)
    with database.begin() as connection:
        rows = [{"name": name, "conference": "day"} for name in ("left", "middle", "right")]
        connection.execute(insert(badges.Printer), rows)
    return badges.Resources(database, printers)


def make_due(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(update(JobRow).where(JobRow.state == "waiting").values(next_at=now()))


def hear(badges: SimpleNamespace, resources: Any, *payloads: Any) -> None:
    log = EventLog("elsewhere")
    with resources.database.begin() as connection:
        said = [log.append(connection, each, subject=each.registration_id) for each in payloads]
        events = [
            {**event.model_dump(mode="json"), "position": number}
            for number, event in enumerate(said, 1)
        ]
        receive(connection, "registration", events, badges.service.lanes, badges.service.flows)


def work(badges: SimpleNamespace, resources: Any) -> None:
    drain(badges.service, resources.database, resources)


def jobs(database: Database) -> dict[str, Any]:
    """By flow, those of single printers."""
    with database.read() as connection:
        rows = connection.execute(
            select(JobRow.flow, JobRow.state, JobRow.tries, JobRow.next_at, JobRow.id, JobRow.error)
            .where(JobRow.flow.is_not(None))
            .order_by(JobRow.id)
        )
        return {row.flow: row for row in rows}


def test_each_printer_has_its_own_retries(
    badges: SimpleNamespace, resources: Any, printers: Printers, database: Database
) -> None:
    printers.fails = {"middle": badges.OutOfPaper(), "right": badges.NoSuchPrinter()}
    hear(badges, resources, confirmed("Zoé"))
    work(badges, resources)
    found = jobs(database)
    assert {flow: job.state for flow, job in found.items()} == {
        "left": "done",
        "middle": "waiting",
        "right": "dead",
    }
    wait = found["middle"].next_at - now()
    assert timedelta(minutes=4) < wait <= timedelta(minutes=5)
    assert found["middle"].error == "middle is out of paper"
    assert printers.printed == {("left", "Zoé"): 1}
    printers.fails = {}
    make_due(database)
    work(badges, resources)
    assert printers.printed == {("left", "Zoé"): 1, ("middle", "Zoé"): 1}


def test_a_replay_prints_nothing_again_unless_it_is_forced(
    badges: SimpleNamespace, resources: Any, printers: Printers, database: Database
) -> None:
    hear(badges, resources, confirmed("Zoé"))
    work(badges, resources)
    for force, times in ((False, 1), (True, 2)):
        with database.begin() as connection:
            replay_from(connection, "registration", 1, force=force)
        work(badges, resources)
        assert printers.printed["left", "Zoé"] == times


@pytest.mark.parametrize(("answers", "times"), [(None, 0), (True, 0), (False, 1)])
def test_after_a_death_the_printer_is_asked(
    badges: SimpleNamespace,
    resources: Any,
    printers: Printers,
    database: Database,
    answers: bool | None,
    times: int,
) -> None:
    printers.fails = dict.fromkeys(("left", "middle", "right"), OSError("off"))
    hear(badges, resources, confirmed("Zoé"))
    work(badges, resources)
    printers.fails, printers.answers = {}, answers
    make_due(database)
    work(badges, resources)
    assert printers.printed["left", "Zoé"] == times
    assert {job.state for job in jobs(database).values()} == {"done"}


def test_of_whoever_is_erased_nothing_is_printed(
    badges: SimpleNamespace, resources: Any, printers: Printers, database: Database
) -> None:
    printers.fails = {"left": badges.OutOfPaper()}
    hear(badges, resources, confirmed("Zoé"))
    work(badges, resources)
    hear(badges, resources, AttendeeErased(registration_id="r-1", erased_at=now()))
    printers.fails = {}
    make_due(database)
    work(badges, resources)
    assert printers.printed == {("middle", "Zoé"): 1, ("right", "Zoé"): 1}


def test_what_waits_is_taken_back(
    badges: SimpleNamespace, resources: Any, printers: Printers, database: Database
) -> None:
    printers.fails = {"left": badges.OutOfPaper()}
    hear(badges, resources, confirmed("Zoé"))
    work(badges, resources)
    hear(badges, resources, RegistrationCancelled(**vars(confirmed("Zoé"))))
    work(badges, resources)
    assert jobs(database).keys() == {"middle", "right"}


def test_a_look_sets_the_next(badges: SimpleNamespace, resources: Any, database: Database) -> None:
    at = now()
    with database.begin() as connection:
        badges.look_at(connection, "left", at)
        badges.look_at(connection, "left", at)
        badges.look_at(connection, "right", at)
        badges.look_no_more(connection, "right", at)
    work(badges, resources)
    with database.read() as connection:
        rows = connection.execute(select(JobRow.state, JobRow.next_at).order_by(JobRow.id)).all()
    assert [row.state for row in rows] == ["done", "waiting"]
    assert rows[1].next_at == at + timedelta(days=1)


def test_a_job_that_failed_makes_a_test(
    badges: SimpleNamespace, resources: Any, printers: Printers, database: Database
) -> None:
    printers.fails = {"left": badges.NoSuchPrinter()}
    hear(badges, resources, confirmed("Zoé"))
    work(badges, resources)
    number = jobs(database)["left"].id
    with database.read() as connection:
        found = dead_letter(connection, number)
    assert found is not None
    assert found["error"] == "left is no printer any more"
    letter = json.dumps({"envelope": json.loads(found["envelope"])})  # as `dead show` writes it
    printers.fails = {}
    with database.begin() as connection:
        connection.execute(update(JobRow).where(JobRow.id == number).values(state="queued"))
    lease = claim(database, number, timedelta(minutes=1))
    assert lease is not None
    badges.try_it([letter], lease, resources)
    assert printers.printed["left", "Zoé"] == 1


def test_its_own_command_is_beside_the_others(
    badges: SimpleNamespace, resources: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = resources.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("EMARGE_DATABASE_URL", url)
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", TOKEN)
    monkeypatch.setenv("EMARGE_SECRET_KEY", TOKEN)
    done = CliRunner().invoke(application(badges.service), ["printers"])
    assert done.output == "left day\nmiddle day\nright day\n"


def test_a_link_with_a_pass_opens_until_its_end(badges: SimpleNamespace) -> None:
    settings = badges.BadgesSettings(
        service="badges", service_token=(SecretStr(TOKEN),), secret_key=(SecretStr(TOKEN),)
    )

    def opened(until: datetime) -> bool:
        given = badges.link_to(settings, "r-1", until).partition("?pass=")[2]
        assert not badges.may_open(settings, "r-2", given)
        return bool(badges.may_open(settings, "r-1", given))

    assert opened(now() + timedelta(minutes=1))
    assert not opened(now() - timedelta(minutes=1))
