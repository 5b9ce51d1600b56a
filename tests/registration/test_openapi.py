"""The API keeps to its own document, whatever it is sent: schemathesis makes the requests."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.registration.desk import Desk
from services.registration.seats.registering import register
from tests.registration.days import someone

# What is valid by the document may still break a rule that no schema says: a name without letters.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
ENDLESS = "/stream$"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def known(desk: Desk, open_day, tmp_path: Path) -> Path:
    """A folder where schemathesis finds whom and what it may ask for."""
    open_day(1, 2)
    registration = register(desk, "day", someone(1, "b")).id
    parameters = {"path.slug": "day", "path.session": "a", "path.registration_id": registration}
    lines = [f'"{name}" = "{value}"' for name, value in parameters.items()]
    (tmp_path / "schemathesis.toml").write_text("\n".join(["[parameters]", *lines]))
    return tmp_path


def test_every_answer_is_as_documented(api, as_role, known: Path) -> None:
    schemathesis = str(Path(sys.executable).with_name("schemathesis"))
    options = {
        "--checks": ",".join(CHECKS),
        "--phases": "examples,coverage,fuzzing",
        "--exclude-path-regex": ENDLESS,
        "--header": f"Authorization: {as_role('organiser')['Authorization']}",
        "--max-examples": "8",
        "--seed": "1",
    }
    done = subprocess.run(
        [schemathesis, "run", f"{str(api.base_url).rstrip('/')}/api/openapi.json"]
        + [word for option in options.items() for word in option],
        cwd=known,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "No test cases" not in done.stdout
