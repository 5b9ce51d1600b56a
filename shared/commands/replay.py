"""`replay`, `resume`, `new-epoch`: reading a feed again, and making others do so.

The intake is imported when it is called for, so that the other processes do not carry it.
"""

from typing import Annotated

import typer
from sqlalchemy import Connection

from shared.bus.deadletters import replay_from
from shared.bus.eventlog import new_epoch
from shared.commands.context import Context


def add(app: typer.Typer, context: Context) -> None:
    @app.command("replay")
    def replay(
        position: Annotated[int, typer.Option("--from", min=1, help="First position to do again.")],
        feed: Annotated[str, typer.Option(help="Which feed.")] = "registration",
        force: Annotated[
            bool, typer.Option(help="Also repeat effects on people: mails are sent again.")
        ] = False,
    ) -> None:
        """Do every event of a feed from a position on once more; new subscriptions get theirs."""
        from shared.bus.intake import QUIET, rewind

        with context.database.begin() as connection:
            _must_be_read(context, connection, feed)
            count = replay_from(connection, feed, position, force=force)
            rewind(connection, feed, position - 1)
        typer.echo(
            f"{count} jobs will be done again, and the feed is read from {position} "
            f"within {QUIET.total_seconds():.0f} s"
        )

    @app.command("resume")
    def resume_feed(
        feed: Annotated[str, typer.Argument(help="The feed that stopped.")],
    ) -> None:
        """After an alarm: accept the feed as it is now. What was done is not done again."""
        from shared.bus.intake import resume

        with context.database.begin() as connection:
            _must_be_read(context, connection, feed)
            resume(connection, feed)
        typer.echo(f"the feed of {feed} will be read from its beginning; known events are skipped")

    @app.command("new-epoch")
    def declare_new_epoch() -> None:
        """After restoring this database from a backup: its consumers stop until they `resume`."""
        with context.database.begin() as connection:
            epoch = new_epoch(connection)
        typer.echo(f"the log of {context.service.name} is now {epoch}")


def _must_be_read(context: Context, connection: Connection, feed: str) -> None:
    from shared.bus.intake import feeds_read

    known = feeds_read(connection)
    if feed not in known:
        names = ", ".join(known) or "none"
        typer.echo(
            f"{context.service.name}: no feed is called {feed} (read so far: {names})", err=True
        )
        raise typer.Exit(1)
