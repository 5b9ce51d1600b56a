"""The intake process: its loop, its bell and its metrics, put together."""

from shared.bus.feed import Feed, HttpFeed, LogFeed, WaitingFeed
from shared.bus.nudge import Bell
from shared.commands.context import Context
from shared.process.intake_process import IntakeProcess, stop_on_signals
from shared.process.status import gauges, read_status
from shared.watching import metrics, tracing


def run_intake(context: Context) -> None:
    settings, service = context.settings, context.service
    context.start_logs("intake")
    tracing.start(service.name, "intake")
    token = settings.service_token[0].get_secret_value()
    feeds: dict[str, Feed] = {
        name: LogFeed(context.database) if name == service.name else HttpFeed(url, token)
        for name, url in settings.feeds.items()
    }
    intake = IntakeProcess(
        context.database,
        feeds,
        service.lanes,
        context.queue,
        service.flows,
        service.delays,
        service=service.name,
    )
    intake.pulse.watch()
    if settings.metrics_port:
        metrics.publish(lambda: gauges(read_status(service, context.database, context.queue)))
        metrics.publish(intake.lag)
        metrics.serve(settings.metrics_port, alive=intake.pulse.wrong, ready=intake.wrong)
    # Who waits for news at the publisher needs no nudge.
    rung = [name for name, feed in feeds.items() if not isinstance(feed, WaitingFeed)]
    with Bell(settings.redis_url, rung) as bell:
        intake.run(bell, stop_on_signals())
