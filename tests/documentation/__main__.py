"""Write docs/reference/ anew: the tables, and each service's page by a process of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.documentation import tables
from tests.documentation.reference import ENVIRONMENT, FOLDER, reference, services


def written(name: str) -> str:
    """The page of a service, from a process that has loaded nothing else."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EMARGE_")}
    return subprocess.run(
        [sys.executable, "-m", "tests.documentation", name],
        env=environment | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        if sys.argv[1:]:
            os.environ["EMARGE_HOME"] = home
            sys.stdout.write(reference(sys.argv[1], Path(home)))
            return
    for name in services():
        (FOLDER / f"{name}.md").write_text(written(name))
    tables.PAGE.write_text(tables.page())


if __name__ == "__main__":
    main()
