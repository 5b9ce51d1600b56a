"""The intake process: its pump, its bell and its metrics, put together."""

from shared import metrics, tracing
from shared.commands.context import Context
from shared.feed import Feed, HttpFeed, LogFeed
from shared.logs import configure_logs
from shared.nudge import Bell
from shared.pump import Pump, stop_on_signals
from shared.status import gauges, read_status


def run_intake(context: Context) -> None:
    settings, service = context.settings, context.service
    configure_logs(settings, "intake")
    tracing.start(service.name, "intake")
    token = settings.service_token[0].get_secret_value()
    feeds: dict[str, Feed] = {
        name: LogFeed(context.database) if name == service.name else HttpFeed(url, token)
        for name, url in settings.feeds.items()
    }
    pump = Pump(context.database, feeds, service.lanes, context.queue)
    pump.pulse.watch()
    if settings.metrics_port:
        metrics.publish(lambda: gauges(read_status(service, context.database, context.queue)))
        metrics.publish(pump.lag)
        metrics.serve(settings.metrics_port, alive=pump.pulse.wrong, ready=pump.wrong)
    with Bell(settings.redis_url, list(feeds)) as bell:
        pump.run(bell, stop_on_signals())
