"""Alembic, run from code: the spine's tables and a service's own, on one database."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from shared.database import Database

HERE = Path(__file__).parent


def migrate(database: Database, service_folder: Path | None = None, to: str = "heads") -> None:
    """Bring the database to a revision: by default the newest of the spine and of the service in
    the folder."""
    command.upgrade(_config(database, service_folder), to)


def revisions(database: Database, service_folder: Path) -> list[str]:
    """The service's own, oldest first."""
    scripts = ScriptDirectory.from_config(_config(database, service_folder))
    return [
        script.revision
        for script in reversed(list(scripts.walk_revisions()))
        if script.revision.startswith(f"{service_folder.name}_")
    ]


def _config(database: Database, service_folder: Path | None) -> Config:
    locations = [HERE / "versions"]
    if service_folder and (service_folder / "migrations" / "versions").is_dir():
        locations.append(service_folder / "migrations" / "versions")
    config = Config(attributes={"database": database})
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, locations)))
    return config
