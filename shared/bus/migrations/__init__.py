"""Alembic, run from code: the spine's tables and a service's own, on one database."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.base.database import Database

HERE = Path(__file__).parent


def migrate(database: Database, service_folder: Path | None = None, to: str = "heads") -> list[str]:
    """Bring the database to a revision: by default the newest of the spine and of the service in
    the folder.

    Returns the revisions by which a later version has already gone further. There is nothing to do
    then: revisions only add, so that this version can be gone back to.
    """
    config = _config(database, service_folder)
    later = _later(database, ScriptDirectory.from_config(config))
    if not later:
        command.upgrade(config, to)
    return later


def revisions(database: Database, service_folder: Path) -> list[str]:
    """The service's own, oldest first."""
    scripts = ScriptDirectory.from_config(_config(database, service_folder))
    return [
        script.revision
        for script in reversed(list(scripts.walk_revisions()))
        if script.revision.startswith(f"{service_folder.name}_")
    ]


def _later(database: Database, scripts: ScriptDirectory) -> list[str]:
    """What the database has and this version does not know, where its name says that it is newer
    than all that this version has: NAME_0006 after NAME_0005."""
    with database.read() as connection:
        reached = MigrationContext.configure(connection).get_current_heads()
    known = [script.revision for script in scripts.walk_revisions()]
    return [
        revision
        for revision in sorted({*reached} - {*known})
        if revision > max(filter(_same_family(revision), known), default=revision)
    ]


def _same_family(revision: str) -> Callable[[str], bool]:
    name = revision.rpartition("_")[0]
    return lambda other: other.rpartition("_")[0] == name


def _config(database: Database, service_folder: Path | None) -> Config:
    locations = [HERE / "versions"]
    if service_folder and (service_folder / "migrations" / "versions").is_dir():
        locations.append(service_folder / "migrations" / "versions")
    config = Config(attributes={"database": database})
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, locations)))
    return config
