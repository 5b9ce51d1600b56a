"""What the files of the deployment promise of security, beside what the services do themselves."""

import re

from tests.system.deployed import CONTAINERS, ROOT


def test_the_front_says_https_for_a_year() -> None:
    """And for the names below ours; by HTTP Caddy itself answers with the way to HTTPS alone."""
    front = (ROOT / "deploy/caddy/Caddyfile").read_text()
    site = front[front.index("{$EMARGE_HOST") : front.index("http://:2020")]
    said = re.search(r'header Strict-Transport-Security "max-age=(\d+); includeSubDomains"', site)
    assert said
    assert int(said[1]) >= 365 * 24 * 3600
    assert re.findall(r"^(\S.*) \{$", front, re.MULTILINE)[-2:] == [
        "{$EMARGE_HOST:localhost}",
        "http://:2020",
    ]
    assert "2020" not in str(CONTAINERS["caddy"]["ports"])


def test_images_hold_what_runs_and_nothing_else() -> None:
    """No history, no tests, no tools of ours: each folder that goes in is named."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    copied = {source for line in lines for source in line.split()[:-1]}
    assert {"shared", "services/${SERVICE}"} <= copied
    files = {each for each in copied if each.startswith("deploy/image/") or "." in each}
    assert copied - files == {"shared", "services/${SERVICE}"}
    assert all("*" not in each and not each.startswith(".") for each in copied)
