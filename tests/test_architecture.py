"""The project keeps the rules of the house, and each rule finds what breaks it."""

from pathlib import Path

import pytest

from tests.architecture_calls import (
    edges_open_no_transaction,
    jobs_are_moved_by_the_bus,
    only_the_clock_knows_the_time,
)
from tests.architecture_rules import (
    Rule,
    exceptions_have_reasons,
    faces_hide_what_is_behind,
    files_are_short,
    names_say_something,
    no_import_cycles,
    rooms_have_one_direction,
    services_stand_alone,
)
from tests.membership_rules import services_are_members

ROOT = Path(__file__).parents[1]

RULES: list[Rule] = [
    services_stand_alone,
    files_are_short,
    names_say_something,
    no_import_cycles,
    rooms_have_one_direction,
    faces_hide_what_is_behind,
    jobs_are_moved_by_the_bus,
    edges_open_no_transaction,
    only_the_clock_knows_the_time,
    exceptions_have_reasons,
    services_are_members,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule) -> None:
    assert rule(ROOT) == []


MEMBER = '[project]\nname = "{}"\ndependencies = ["shared"]\n[tool.uv]\npackage = false\n'
WORKSPACE = '[tool.uv.workspace]\nmembers = ["shared", "services/*"]\n'
SOUND = {
    "pyproject.toml": WORKSPACE,
    "services/badges/pyproject.toml": MEMBER.format("badges"),
    "services/badges/service.py": "from shared.service import Service\n",
    "shared/service.py": "class Service: ...\n",
    "tests/test_badges.py": "from services.badges import service\n",
}

# What a broken file may lean on.
BESIDE = {
    "shared/service2.py": "import shared.service\n",
    "shared/bus/log.py": "",
    "shared/process/worker.py": "from shared.bus import log\n",
    "services/badges/pages/application.py": "from services.badges.pages.door import scan\n",
    "services/badges/pages/door/scan.py": "",
    "services/certificates/pyproject.toml": MEMBER.format("certificates"),
    "services/certificates/engine/press.py": "",
}


def tree(root: Path, **files: str) -> Path:
    for name, text in {**SOUND, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_tree_keeps(rule: Rule, tmp_path: Path) -> None:
    assert rule(tree(tmp_path)) == []


@pytest.mark.parametrize(
    ("rule", "file", "text", "complaint"),
    [
        (
            services_stand_alone,
            "services/badges/door.py",
            "from services.registration import seats\n",
            "services/badges/door.py imports services.registration",
        ),
        (
            services_stand_alone,
            "services/badges/door.py",
            "def late():\n    import services.registration.seats.seats\n",
            "imports services.registration.seats.seats",
        ),
        (
            services_stand_alone,
            "shared/web.py",
            "from services import badges\n",
            "shared/web.py imports services.badges",
        ),
        (services_stand_alone, "shared/web.py", "import deploy.local\n", "imports deploy.local"),
        (files_are_short, "shared/web.py", "x = 1\n" * 301, "shared/web.py has 301 lines"),
        (files_are_short, "shared/page.html", "<p>\n" * 301, "shared/page.html has 301 lines"),
        (names_say_something, "shared/utils.py", "", "shared/utils.py"),
        (names_say_something, "shared/seat_manager.py", "", "shared/seat_manager.py"),
        (names_say_something, "shared/common/seats.py", "", "shared/common/seats.py"),
        (
            no_import_cycles,
            "shared/service.py",
            "from shared import service2\n",
            "shared.service → shared.service2 → shared.service",
        ),
        (
            rooms_have_one_direction,
            "shared/bus/inbox.py",
            "def late():\n    from shared.process import worker\n",
            (
                "shared: bus → process → bus (shared/bus/inbox.py imports shared.process.worker; "
                "shared/process/worker.py imports shared.bus.log)"
            ),
        ),
        (
            rooms_have_one_direction,
            "services/badges/pages/door/scan.py",
            "from services.badges.pages import application\n",
            "services/badges/pages: application.py → door → application.py",
        ),
        (
            faces_hide_what_is_behind,
            "bench/speed.py",
            "from services.certificates.engine.press import Press\n",
            "bench/speed.py imports services.certificates.engine.press",
        ),
        (
            jobs_are_moved_by_the_bus,
            "services/badges/pause.py",
            "connection.execute(\n    update(JobRow)\n)\n",
            "services/badges/pause.py writes to the inbox's table",
        ),
        (
            only_the_clock_knows_the_time,
            "services/badges/late.py",
            "moment = datetime.now(UTC)\n",
            "services/badges/late.py:1 asks the system for the time",
        ),
        (
            only_the_clock_knows_the_time,
            "shared/slow.py",
            "import time\nstarted = time.monotonic()\n",
            "shared/slow.py:2 asks the system for the time",
        ),
        (
            edges_open_no_transaction,
            "services/badges/pages/print.py",
            "def press(desk):\n    with desk.database.begin() as connection:\n        ...\n",
            "services/badges/pages/print.py:2 opens a transaction",
        ),
        (
            edges_open_no_transaction,
            "services/badges/api.py",
            "badges = select(Badge)\n",
            "services/badges/api.py:1 holds a statement: select",
        ),
        (exceptions_have_reasons, "shared/web.py", "x = 1  # noqa\n", "shared/web.py:1"),
        (exceptions_have_reasons, "shared/web.py", "x = 1  # noqa: E501\n", "shared/web.py:1"),
        (
            exceptions_have_reasons,
            "shared/web.py",
            "x = 1  # type: ignore  # they have no types\n",
            "shared/web.py:1",
        ),
        (
            exceptions_have_reasons,
            "pyproject.toml",
            WORKSPACE + '[tool.ruff.lint]\nignore = [\n  "E501",\n]\n',
            'pyproject.toml: "E501",',
        ),
        (
            services_are_members,
            "services/badges/pyproject.toml",
            MEMBER.format("badge"),
            "services/badges calls itself badge",
        ),
        (
            services_are_members,
            "services/badges/pyproject.toml",
            MEMBER.format("badges").replace("false", "true"),
            "services/badges is not virtual",
        ),
        (
            services_are_members,
            "services/prints/service.py",
            "",
            "services/prints has no pyproject.toml",
        ),
        (
            services_are_members,
            "pyproject.toml",
            WORKSPACE.replace("services/*", "services/badges"),
            "pyproject.toml: services/* are no members",
        ),
        (
            services_are_members,
            "pyproject.toml",
            WORKSPACE + '[[tool.mypy.overrides]]\nmodule = ["services.badges.*"]\n',
            "pyproject.toml: names badges",
        ),
        (
            services_are_members,
            "pyproject.toml",
            WORKSPACE + "[tool.ruff.lint.per-file-ignores]\n'services/badges/**' = ['E501']\n",
            "pyproject.toml: names badges",
        ),
        (
            services_are_members,
            "pyproject.toml",
            WORKSPACE + "[tool.uv.sources]\nbadges = { workspace = true }\n",
            "pyproject.toml: names badges",
        ),
    ],
)
def test_what_breaks_a_rule_is_named(
    tmp_path: Path, rule: Rule, file: str, text: str, complaint: str
) -> None:
    made = tree(tmp_path, **{**BESIDE, file: text})
    found = rule(made)
    assert any(complaint in line for line in found), found


@pytest.mark.parametrize("name", ["day", "local", "events", "types", "ruff", "badge"])
def test_a_service_may_be_called_by_any_word(tmp_path: Path, name: str) -> None:
    workspace = (
        '[project]\ndescription = "A day of events."\n'
        '[dependency-groups]\nlocal = ["types-PyYAML"]\n'
        f"{WORKSPACE}[tool.ruff.lint.per-file-ignores]\n'services/badges-of-day/**' = ['E501']\n"
    )
    member = f"services/{name}/pyproject.toml"
    made = tree(tmp_path, **{"pyproject.toml": workspace, member: MEMBER.format(name)})
    assert services_are_members(made) == []
