"""`web`, `intake`, `worker`: the processes; `migrate`: what must be done before they start.

Each command imports what it runs when it is called: a worker has no use for a web framework, an
intake none for a migration tool, and each of them would be kept in memory by every process.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from shared.commands.context import Context
from shared.watching import tracing


def add(app: typer.Typer, context: Context) -> None:
    if context.service.web is not None:
        app.command("web")(_web(context, context.service.web))

    @app.command("intake")
    def intake() -> None:
        """Read the feeds into the inbox and hand out what is due."""
        from shared.commands.intake import run_intake

        run_intake(context)

    @app.command("worker")
    def worker() -> None:
        """Do the jobs. Run as many of these as the day needs."""
        from shared.process.worker import work

        context.start_logs("worker")
        work(context.service, context.settings)

    @app.command("migrate")
    def migrate_database() -> None:
        """Bring the database to this version's tables. Old processes may go on meanwhile."""
        from shared.bus.migrations import migrate

        context.start_logs("migrate")
        later = migrate(context.database, context.service.folder)
        state = f"that of a later version ({', '.join(later)})" if later else "up to date"
        typer.echo(f"{context.service.name}: the database is {state}")


def _web(context: Context, factory: str) -> Callable[..., None]:
    def web(
        port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    ) -> None:
        """Serve pages, API and feed."""
        from shared.http.serving import serve

        settings = context.settings  # checked before the server starts
        context.start_logs("web")
        tracing.start(settings.service, "web")
        serve(factory, host, port)

    return web
