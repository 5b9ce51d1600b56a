"""schemathesis asks a served application everything that its document says can be asked, valid and
not. In every run of the tests as the role that may most, a few examples of each call; `make audit`
asks as every role, and much more."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi.openapi.utils import get_openapi

EXAMPLES = "SCHEMATHESIS_EXAMPLES"  # how many of each call, from the environment
FEW = "8"
IS_AUDIT = EXAMPLES in os.environ

# What is valid by the document may still break a rule that no schema says: a name without letters.
AS_DOCUMENTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
UNBROKEN = ("not_a_server_error",)


def roles(*who: str) -> tuple[str, ...]:
    """Those to ask as; the first may most."""
    return who if IS_AUDIT else who[:1]


def document_of_pages(parts: Iterable[Any], folder: Path, known: Mapping[str, str]) -> str:
    """A file that says of pages what their document would; `parts` are modules with a `router`."""
    routes = [route for part in parts for route in part.router.routes]
    document = get_openapi(title="Pages", version="1", routes=routes)
    paths: dict[str, Any] = {}
    for path, calls in document["paths"].items():
        declared = {
            given["name"] for call in calls.values() for given in call.get("parameters", ())
        }
        for name, value in known.items():
            name = name.removeprefix("path.")
            if name not in declared:  # a page that finds it out by itself: VisitorsOnly
                path = path.replace(f"{{{name}}}", value)
        paths.setdefault(path, {}).update(calls)
    file = folder / "pages.json"
    file.write_text(json.dumps({**document, "paths": paths}))
    return str(file)


def ask(
    document: str,
    folder: Path,
    *,
    headers: Mapping[str, str],
    known: Mapping[str, str],
    checks: Iterable[str] = AS_DOCUMENTED,
    base_url: str = "",
    leave_out: str = "",
) -> tuple[int, str]:
    """Its exit code, and what it said.

    `document` is an address or a file, `base_url` where a file's calls are served; `known` are
    values of parameters (`path.slug`) without which nothing would be found; `leave_out` is a
    pattern of paths.
    """
    lines = [f'"{name}" = "{value}"' for name, value in known.items()]
    (folder / "schemathesis.toml").write_text("\n".join(["[parameters]", *lines]))
    options = {
        "--checks": ",".join(checks),
        "--phases": "examples,coverage,fuzzing" if IS_AUDIT or not base_url else "fuzzing",
        **({"--exclude-path-regex": leave_out} if leave_out else {}),
        "--max-examples": os.environ.get(EXAMPLES, FEW),
        "--seed": "1",
        **({"--url": base_url} if base_url else {}),
    }
    said = [word for name, value in headers.items() for word in ("--header", f"{name}: {value}")]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("schemathesis")), "run", document]
        + [word for option in options.items() for word in option]
        + said,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
