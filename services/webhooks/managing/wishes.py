"""What is asked of an endpoint, and what is wrong with it: each fault names a field and a rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from email_validator import EmailNotValidError, validate_email

from services.webhooks.base.destinations import BadUrl, parse_url
from services.webhooks.base.payloads import OFFERED
from services.webhooks.base.settings import Network

LONGEST_DESCRIPTION = 120
LOCALES = ("fr", "en")


@dataclass(frozen=True)
class Fault:
    field: str
    rule: str
    detail: str


@dataclass(frozen=True)
class Wish:
    """An endpoint as it is to be. `contact` is told when it is disabled; `personal`, it may know
    who people are."""

    url: str
    types: tuple[str, ...]
    description: str = ""
    personal: bool = False
    contact: str = ""
    locale: str = "fr"

    @property
    def columns(self) -> dict[str, Any]:
        return {**vars(self), "types": " ".join(self.types)}


class BadWish(Exception):
    """An endpoint cannot be so; `faults` say why not."""

    def __init__(self, wish: Wish, found: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.rule}" for fault in found))
        self.wish, self.faults = wish, found


def faults(wish: Wish, allowed: Collection[Network]) -> list[Fault]:
    found = []
    try:
        parse_url(wish.url, allowed)
    except BadUrl as error:
        found.append(Fault("url", error.rule, str(error)))
    if not wish.types:
        found.append(Fault("types", "required", "choose at least one type of event"))
    found += [
        Fault("types", "unknown-type", f"there is no type {unknown[:80]!r}")
        for unknown in sorted(set(wish.types) - set(OFFERED))
    ]
    if len(wish.description) > LONGEST_DESCRIPTION or not wish.description.isprintable():
        detail = f"it has more than {LONGEST_DESCRIPTION} characters, or more than one line"
        found.append(Fault("description", "too-long", detail))
    if not wish.contact:
        found.append(Fault("contact", "required", "somebody must be told when it is disabled"))
    elif not _is_email(wish.contact):
        found.append(Fault("contact", "email", "it is no email address"))
    if wish.locale not in LOCALES:
        found.append(Fault("locale", "unknown-locale", f"it must be {' or '.join(LOCALES)}"))
    return found


def wish_of(row: Any) -> Wish:
    """An endpoint as it is, to be changed."""
    names = ("url", "description", "personal", "contact", "locale")
    return Wish(**{name: getattr(row, name) for name in names}, types=tuple(row.types.split()))


def changed_wish(row: Any, given: Mapping[str, Any], allowed: Collection[Network]) -> Wish:
    """The same with what is given, by the names of a Wish's fields. Raises BadWish."""
    wish = replace(wish_of(row), **given)
    found = faults(wish, allowed)
    if found:
        raise BadWish(wish, found)
    return wish


def chosen(types: Collection[str]) -> tuple[str, ...]:
    """In the order of the list that they are chosen from, once; unknown ones last."""
    known = [name for name in OFFERED if name in types]
    return (*known, *sorted(set(types) - set(OFFERED)))


def changed(row: Any, wish: Wish) -> Mapping[str, Any]:
    """The columns of an endpoint's row that are to be others."""
    return {name: new for name, new in wish.columns.items() if getattr(row, name) != new}


def _is_email(typed: str) -> bool:
    try:
        validate_email(typed, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
