"""What a service is told of the others. What it is told of those of your own comes by variables,
which `own_settings` gives: the files about the services that Emarge comes with do not name them."""

import json
from collections.abc import Callable, Sequence

from deploy.services import Service, found

WEB_PORT = 8000
PAGES = "EMARGE_ORGANISER_PAGES"
OWN_FEEDS, OWN_PAGES = "EMARGE_OWN_FEEDS", "EMARGE_OWN_PAGES"


def neighbours(service: Service, variable: Callable[[str], str]) -> dict[str, str]:
    """Its settings that name others; `variable` writes one that is put in where it is started."""
    names = {each.name for each in _shipped()}
    feeds = [feed for feed in service.feeds if feed in names or not service.shipped]
    own_too = service.reads_all and service.shipped
    settings = {"EMARGE_FEEDS": feeds_of(feeds) + (variable(OWN_FEEDS) if own_too else "")}
    return settings | {f"EMARGE_{name.upper()}_URL": origin(name) for name in service.asks}


def all_pages(variable: Callable[[str], str]) -> str:
    """What a process whose settings name EMARGE_ORGANISER_PAGES is given for it."""
    return pages_of(_shipped()) + variable(OWN_PAGES)


def own_settings(services: Sequence[Service]) -> dict[str, str]:
    """The variables; each begins with a comma, since it goes on where another list ends."""
    feeds = feeds_of([service.name for service in services if service.publishes])
    pages = pages_of(services)
    return {OWN_FEEDS: f",{feeds}" if feeds else "", OWN_PAGES: f",{pages}" if pages else ""}


def origin(name: str) -> str:
    """Where its web process answers, inside."""
    return f"http://{name}-web:{WEB_PORT}"


def feeds_of(names: Sequence[str]) -> str:
    """As EMARGE_FEEDS wants it."""
    return ",".join(f"{name}={origin(name)}" for name in names)


def _shipped() -> list[Service]:
    return [each for each in found() if each.shipped]


def pages_of(services: Sequence[Service]) -> str:
    """As EMARGE_ORGANISER_PAGES wants it. No apostrophe: it is quoted by them in .env."""
    pages = [page for service in services for page in service.pages]
    objects = [{"path": page.path, "en": page.en, "fr": page.fr} for page in pages]
    return ",".join(json.dumps(each, ensure_ascii=False) for each in objects).replace(
        "'", r"\u0027"
    )
