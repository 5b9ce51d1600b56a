"""What each container may do, whom it meets, and what its command line says."""

import re

import pytest

from tests.system.deployed import COMPOSE, CONTAINERS, ROOT, SHIPPED


@pytest.mark.parametrize("name", ["postgres", "databases", "redis"])
def test_databases_write_to_their_volumes_alone_and_may_do_nothing_else(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"]
    assert container["cap_drop"] == ["ALL"]
    # What it takes to begin as root and go on as somebody else, where the image begins so.
    begins = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
    assert set(container.get("cap_add", [])) <= (set() if "user" in container else begins)


def test_no_password_is_on_a_command_line() -> None:
    for name, container in CONTAINERS.items():
        line = f"{container.get('command', '')} {container.get('entrypoint', '')}"
        assert not re.search(r"\$\{?[A-Z_]*(PASSWORD|TOKEN|SECRET)", line), name


def test_what_watches_is_not_before_the_door() -> None:
    """On the network of Caddy are only those it leads to: their word for a visitor is taken."""
    front = {name for name, each in CONTAINERS.items() if "front" in each.get("networks", [])}
    assert front == {"caddy", *(name for name in CONTAINERS if name.endswith("-web"))}
    subnet = COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert SHIPPED["x-environment"]["EMARGE_PROXIES"] == subnet


def test_the_door_says_no_address_and_waits_for_nobody() -> None:
    caddy = (ROOT / "deploy/caddy/Caddyfile").read_text()
    assert "request>uri delete" in caddy
    for bound in ("read_header 10s", "read_body 2m", "max_header_size 32KB", "max_size 10MB"):
        assert bound in caddy


def test_only_caddy_is_published() -> None:
    published = {name: c["ports"] for name, c in CONTAINERS.items() if "ports" in c}
    assert "caddy" in published
    for name, ports in published.items():
        if name != "caddy":
            assert CONTAINERS[name]["profiles"]
            assert all(port.startswith("127.0.0.1:") for port in ports)
