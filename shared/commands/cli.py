"""`python -m services.NAME …`: the same commands for every service.

A service's `__main__.py` is `main(service)`.
"""

import sys
from typing import Any

import structlog
import typer
from sqlalchemy.exc import SQLAlchemyError

from shared.base.database import not_migrated, reason
from shared.base.errors import EmargeError
from shared.commands import dead, inspection, jobs, processes, replay
from shared.commands.context import Context
from shared.process.service import Service


def main(service: Service[Any]) -> None:
    """Run the command line; every failure is one clear line and a non-zero exit."""
    # What a command prints is for whoever called it; a long-running process sets up its own logs.
    structlog.configure(
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    )
    try:
        application(service)(prog_name=f"python -m services.{service.name}")
    except EmargeError as error:
        sys.exit(f"{service.name}: {error}")
    except SQLAlchemyError as error:
        refused = not_migrated(service.name, error)
        said = refused or f"the database refused: {reason(error).splitlines()[0]}"
        sys.exit(f"{service.name}: {said}")
    except OSError as error:
        sys.exit(f"{service.name}: {error}")


def application(service: Service[Any]) -> typer.Typer:
    """The uniform commands, and the service's own beside them."""
    app = typer.Typer(
        help=f"Emarge: the {service.name} service.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    context = Context(service)
    processes.add(app, context)
    inspection.add(app, context)
    jobs.add(app, context)
    dead.add(app, context)
    replay.add(app, context)
    if service.commands is not None:
        app.registered_commands += service.commands.registered_commands
        app.registered_groups += service.commands.registered_groups
    return app
