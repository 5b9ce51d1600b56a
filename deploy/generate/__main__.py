"""Writes what goes around the services: see deploy/generate/__init__.py."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.generate.caddy import routes
from deploy.generate.compose import compose
from deploy.generate.development import development
from deploy.generate.kubernetes import objects
from deploy.generate.neighbours import own_settings
from deploy.generate.overlay import overlay
from deploy.generate.prometheus import alerts, alerts_of_services, alerts_test, scraped
from deploy.services import ROOT, NotAService, Service, found

MADE = "# Made by `python -m deploy.generate` from the folders under services/: change those.\n"
EXAMPLE = Path("deploy", "kubernetes", "example")
BY_HAND = {"none.yml", ".gitignore", "namespace.yaml", "secrets.example.env"}


def files(*, shipped: bool, services: Sequence[Service] | None = None) -> dict[Path, str]:
    """What is to be written, by its path under the root."""
    chosen = [each for each in services or found() if each.shipped == shipped]
    folder = Path("deploy", "shipped" if shipped else "own")
    return {
        folder / "compose.yml": MADE + compose(chosen, "databases" if shipped else "own-databases"),
        folder / "routes.caddy": routes(chosen),
        folder / "scrape.yml": scraped(chosen),
        folder / "alerts.yml": alerts(chosen),
        **{folder / name: text for name, text in alerts_of_services(chosen).items()},
        **{folder / "kubernetes" / name: text for name, text in objects(chosen).items()},
        **(_alone(chosen, folder) if shipped else {}),
    }


def _alone(services: Sequence[Service], folder: Path) -> dict[Path, str]:
    """What is there for those that Emarge comes with alone: a test, and what people copy."""
    return {
        folder / "alerts.test.yml": alerts_test(services),
        Path("compose.override.example.yml"): development(services),
        **{EXAMPLE / name: text for name, text in overlay(services).items()},
    }


def left(*, shipped: bool) -> Iterator[Path]:
    """What was written for folders that are gone, by its path under the root."""
    written = files(shipped=shipped)
    folders = {path.parent for path in written if path.parent != Path()}
    there = (path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).glob("*.*"))
    return (path for path in there if path not in written and path.name not in BY_HAND)


def main() -> None:
    shipped = sys.argv[1:] != ["own"]
    try:
        for path, text in files(shipped=shipped).items():
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(text, "utf-8")
    except NotAService as error:
        sys.exit(f"services: {error}")
    for path in left(shipped=shipped):
        (ROOT / path).unlink()
    if not shipped and (services := [each for each in found() if not each.shipped]):
        print("EMARGE_OWN_SERVICES=deploy/own/compose.yml")
        for name, value in own_settings(services).items():
            print(f"{name}='{value}'")


if __name__ == "__main__":
    main()
