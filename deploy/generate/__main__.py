"""Writes what goes around the services: see deploy/generate/__init__.py."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.generate.caddy import routes
from deploy.generate.compose import compose
from deploy.generate.prometheus import alerts, scraped
from deploy.services import ROOT, NotAService, Service, found

MADE = "# Made by `python -m deploy.generate` from the folders under services/: change those.\n"


def files(*, shipped: bool, services: Sequence[Service] | None = None) -> Mapping[Path, str]:
    """What is to be written, by its path under the root."""
    chosen = [each for each in services or found() if each.shipped == shipped]
    folder = Path("deploy", "shipped" if shipped else "own")
    return {
        folder / "compose.yml": MADE + compose(chosen, "databases" if shipped else "own-databases"),
        folder / "routes.caddy": routes(chosen),
        folder / "scrape.yml": scraped(chosen),
        folder / "alerts.yml": alerts(chosen),
    }


def main() -> None:
    shipped = sys.argv[1:] != ["own"]
    try:
        for path, text in files(shipped=shipped).items():
            (ROOT / path).write_text(text, "utf-8")
    except NotAService as error:
        sys.exit(f"services: {error}")
    print("\n".join(service.name for service in found() if service.shipped == shipped))


if __name__ == "__main__":
    main()
