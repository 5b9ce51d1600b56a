"""Where runs take place: databases that were migrated once, in a folder in memory, and the cast of
each consumer."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.programme.programmes import Programmes
from shared.base.database import Database
from shared.bus import dispatch
from shared.bus.eventlog import EventLog
from shared.bus.inbox import Lane
from shared.bus.migrations import migrate
from tests.simulation.choices import Choices
from tests.simulation.ledger import Ledger
from tests.simulation.post import Post
from tests.simulation.processes import LINKS
from tests.simulation.requests import CAPACITIES, programme
from tests.simulation.run import Cast, Consumer, Run
from tests.simulation.seams import virtual
from tests.simulation.store import Store
from tests.simulation.world import Violation, World

SERVICES = Path(__file__).parents[2] / "services"
CONSUMERS: tuple[Consumer, ...] = (Ledger(), Post())
WINDOW: dict[Lane, int] = {"main": 5, "bulk": 2}  # of hints: small, so that it fills


class Stage:
    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="simulation-"))
        self._window = dict(dispatch.WINDOW)
        dispatch.WINDOW.update(WINDOW)
        with virtual(World(Choices(0)), self._no_one):
            templates = {"registration": self._prepare_registration()}
            for consumer in CONSUMERS:
                templates[consumer.name] = self._prepare(consumer)
        log = self._store("registration", templates["registration"])
        self._casts = []
        self._stores = [log]
        for consumer in CONSUMERS:
            inbox = self._store(consumer.name, templates[consumer.name])
            self._stores.append(inbox)
            self._casts.append(Cast(consumer, log, inbox))

    def run(self, choices: Choices) -> tuple[Run, Violation | None]:
        """A run of these choices, and how it failed if it did."""
        run = Run(self._casts[choices.pick(len(self._casts))], choices)
        try:
            run.play()
        except Violation as violation:
            return run, violation
        return run, None

    def close(self) -> None:
        dispatch.WINDOW.update(self._window)
        for store in self._stores:
            store.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def _store(self, name: str, template: Path) -> Store:
        return Store(name, template, self._folder)

    def _prepare(self, consumer: Consumer) -> Path:
        path = self._folder / f"template-{consumer.name}.db"
        database = Database.open(f"sqlite:///{path}")
        consumer.prepare(database)
        self._finish(database)
        return path

    def _prepare_registration(self) -> Path:
        path = self._folder / "template-registration.db"
        database = Database.open(f"sqlite:///{path}")
        migrate(database, SERVICES / "registration")
        desk = Desk(database, Programmes(database), LINKS, EventLog("registration"))
        import_programme(desk, programme(CAPACITIES))
        self._finish(database)
        return path

    @staticmethod
    def _finish(database: Database) -> None:
        """All of it is in the file, without a log beside it."""
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    @staticmethod
    def _no_one(*_: object, **__: object) -> None:
        raise ConnectionRefusedError
