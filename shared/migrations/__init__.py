"""Alembic, run from code: the spine's tables and a service's own, on one database."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from shared.database import Database

HERE = Path(__file__).parent


def migrate(database: Database, service_folder: Path | None = None) -> None:
    """Bring the database to the newest revision of the spine and of the service in the folder."""
    command.upgrade(_config(database, service_folder), "heads")


def _config(database: Database, service_folder: Path | None) -> Config:
    locations = [HERE / "versions"]
    if service_folder and (service_folder / "migrations" / "versions").is_dir():
        locations.append(service_folder / "migrations" / "versions")
    config = Config(attributes={"database": database})
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, locations)))
    return config
