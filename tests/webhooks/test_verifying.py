"""docs/webhooks.md: what it says of payloads is what is sent, and its programs verify."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.webhooks.base.backing_off import DELAYS
from services.webhooks.base.payloads import OFFERED, Fields
from services.webhooks.managing.endpoints import MOST, OVERLAP
from services.webhooks.transport.posting import LIMIT
from services.webhooks.transport.signing import new_secret, signed_headers

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
BODY = '{"type":"webhook.test","data":{"name":"Zoë"}}'.encode()
# The program that runs each, with its arguments before the file's name, and the file's ending.
LANGUAGES = {
    "python": ([sys.executable], "py"),
    "javascript": (["node"], "js"),
    "sh": (["bash"], "sh"),
    "php": (["php"], "php"),
    "ruby": (["ruby"], "rb"),
    "go": (["go", "run"], "go"),
}


def program(language: str) -> str:
    """The last block of that language on the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[-1]


def believes(language: str, folder: Path, body: bytes, headers: dict[str, str]) -> bool:
    command, ending = LANGUAGES[language]
    file = folder / f"verify.{ending}"
    file.write_text(program(language), "utf-8")
    names = {name.replace("webhook-", "WEBHOOK_").upper(): value for name, value in headers.items()}
    environment = {**os.environ, **names}
    done = subprocess.run(
        [*command, str(file)], input=body, env=environment, check=False, capture_output=True
    )
    assert done.returncode in (0, 1), "it broke"
    assert b"Traceback" not in done.stderr, "it raised"
    return done.returncode == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_program_believes_what_is_ours_and_nothing_else(language: str, tmp_path: Path) -> None:
    if shutil.which(LANGUAGES[language][0][0]) is None:
        pytest.skip(f"{language} is not on this machine")
    secret, other, moment = new_secret(), new_secret(), int(time.time())
    wanted = {"webhook-secret": secret}
    ours = {**signed_headers("msg_1", moment, BODY, [secret]), **wanted}
    rotating = {**signed_headers("msg_1", moment, BODY, [other, secret]), **wanted}
    another = {**signed_headers("msg_1", moment, BODY, [other]), **wanted}
    old = {**signed_headers("msg_1", moment - 301, BODY, [secret]), **wanted}
    renamed = {**ours, "webhook-id": "msg_2"}
    assert believes(language, tmp_path, BODY, ours)
    assert believes(language, tmp_path, BODY, rotating)
    assert not believes(language, tmp_path, BODY + b" ", ours)
    accented = {**ours, "webhook-signature": "v1,é"}
    trap = tmp_path / "evaluated"
    command = {**ours, "webhook-timestamp": f"PATH[$(touch {trap})]"}
    wordy = {**ours, "webhook-timestamp": "today"}
    for headers in (another, old, renamed, accented, wordy, command):
        assert not believes(language, tmp_path, BODY, headers)
    assert not trap.exists(), "a header was run as a command"


@pytest.mark.parametrize("name", OFFERED)
def test_the_page_says_what_a_type_says(name: str) -> None:
    offered = OFFERED[name]
    assert f"| `{name}` | {said(offered.fields)} | {said(offered.personal)} |" in PAGE


def said(fields: Fields) -> str:
    return ", ".join(f"`{name}`" for name in fields) or "–"


def test_the_page_says_the_limits() -> None:
    assert f"within {LIMIT:.0f} seconds" in PAGE
    assert f"at most {MOST} endpoints" in PAGE
    assert f"for {OVERLAP.total_seconds() / 3600:.0f} hours" in PAGE
    minutes = ", ".join(f"{delay.total_seconds() / 60:.0f}" for delay in DELAYS[1:4])
    hours = ", ".join(f"{delay.total_seconds() / 3600:.0f}" for delay in DELAYS[5:9])
    seconds = f"{DELAYS[0].total_seconds():.0f}"
    assert f"after {seconds} seconds, {minutes} and 30 minutes, {hours} and 10 hours" in PAGE
    assert (DELAYS[4].total_seconds(), DELAYS[9].total_seconds()) == (1800, 36000)
