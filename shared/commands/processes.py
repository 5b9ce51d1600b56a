"""`web`, `intake`, `worker`: the processes; `migrate`: what must be done before they start."""

from collections.abc import Callable
from typing import Annotated

import typer
import uvicorn

from shared import metrics
from shared.commands.context import Context
from shared.intake import Feed, HttpFeed
from shared.logs import configure_logs
from shared.migrations import migrate
from shared.nudge import Bell
from shared.pump import Pump, stop_on_signals
from shared.status import gauges, read_status
from shared.worker import work


def add(app: typer.Typer, context: Context) -> None:
    if context.service.web is not None:
        app.command("web")(_web(context, context.service.web))

    @app.command("intake")
    def intake() -> None:
        """Read the feeds into the inbox and hand out what is due."""
        run_intake(context)

    @app.command("worker")
    def worker() -> None:
        """Do the jobs. Run as many of these as the day needs."""
        configure_logs(context.settings, "worker")
        work(context.service, context.settings)

    @app.command("migrate")
    def migrate_database() -> None:
        """Bring the database to this version's tables. Old processes may go on meanwhile."""
        configure_logs(context.settings, "migrate")
        migrate(context.database, context.service.folder)
        typer.echo(f"{context.service.name}: the database is up to date")


def run_intake(context: Context) -> None:
    settings, service = context.settings, context.service
    configure_logs(settings, "intake")
    token = settings.service_token[0].get_secret_value()
    feeds: dict[str, Feed] = {name: HttpFeed(url, token) for name, url in settings.feeds.items()}
    pump = Pump(context.database, feeds, service.lanes, context.queue)
    if settings.metrics_port:
        metrics.publish(lambda: gauges(read_status(service, context.database, context.queue)))
        metrics.serve(settings.metrics_port, pump.wrong)
    with Bell(settings.redis_url, list(feeds)) as bell:
        pump.run(bell, stop_on_signals())


def _web(context: Context, factory: str) -> Callable[..., None]:
    def web(
        port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    ) -> None:
        """Serve pages, API and feed."""
        settings = context.settings  # checked before the server starts
        configure_logs(settings, "web")
        uvicorn.run(
            factory,
            factory=True,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            proxy_headers=True,
            forwarded_allow_ips="*",
            server_header=False,
            timeout_graceful_shutdown=10,
        )

    return web
