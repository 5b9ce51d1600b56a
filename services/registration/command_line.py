"""What a command of registration works with: the desk, and a refusal in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from services.registration.base.refusals import Refusal
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk, open_desk
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.settings import load_settings

Json = Annotated[bool, typer.Option("--json", help="For machines.")]


class CommandRefused(EmargeError):
    """The command cannot be done as asked."""


@contextmanager
def refused(about: str = "") -> Iterator[None]:
    """A refusal ends the command in one line."""
    try:
        yield
    except Refusal as refusal:
        raise CommandRefused(f"{about}: {refusal}" if about else str(refusal)) from None


def desk_here() -> Desk:
    settings = load_settings(RegistrationSettings, "registration")
    return open_desk(settings, Database.open(settings.database_url))
