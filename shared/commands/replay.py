"""`replay` and `resume`: reading a feed again."""

from typing import Annotated

import typer

from shared.commands.context import Context
from shared.deadletters import replay_from
from shared.intake import resume, rewind


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
        with context.database.begin() as connection:
            count = replay_from(connection, feed, position, force=force)
            rewind(connection, feed, position - 1)
        typer.echo(f"{count} jobs will be done again, and the feed is read from {position}")

    @app.command("resume")
    def resume_feed(
        feed: Annotated[str, typer.Argument(help="The feed that stopped.")],
    ) -> None:
        """After an alarm: accept the feed as it is now. What was done is not done again."""
        resume(context.database, feed)
        typer.echo(f"the feed of {feed} will be read from its beginning; known events are skipped")
