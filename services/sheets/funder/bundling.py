"""Making a funder's file part by part: each is a job, and what was made before a kill stays.

The parts lie in the storage beside each other and are the ZIP when they are sent one after another;
nothing ever holds all of it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, update

from services.sheets.base.files import bundle_part_prefix
from services.sheets.base.tables import Bundle
from services.sheets.funder.bundles import (
    GOING_ON,
    KEPT,
    BundleAsked,
    BundleOver,
    BundleRecord,
    bundle_by_id,
    order_part,
)
from services.sheets.funder.contents import Contents, contents_of
from services.sheets.funder.index import ending, hash_of
from services.sheets.funder.parts import Parts
from services.sheets.funder.reading import Reader, Why
from services.sheets.sealing.orders import seal_changed
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import EmargeError, Parked
from shared.base.keyring import Keyring
from shared.bus.inbox import schedule
from shared.events import Event
from shared.process.service import Job
from shared.storage import Storage

PART = 8 * 1024 * 1024  # bytes, about: what a worker holds of it
# For how long a file waits for what is still to come: a sheet that is being sealed anew, a document
# of a service that does not answer. Then it is made without, and says so.
PATIENCE = timedelta(minutes=5)
LOOKS_AGAIN = timedelta(seconds=2)


class Overtaken(EmargeError):
    """Somebody was erased while a part was made: the file is gone, and so is what is left of it."""


@dataclass
class Progress:
    """How far a file is: what was listed at its beginning, how many of those were looked at, the
    ZIP so far, the keys of its parts, the hashes of what is in it, by name, and why what is missing
    is."""

    contents: Contents
    read: int = 0
    parts: Parts = field(default_factory=Parts)
    keys: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    missing: dict[str, Why] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Progress":
        """As `said` wrote it."""
        return cls(
            Contents.of(said),
            said["read"],
            Parts.of(said),
            [*said["keys"]],
            {**said["hashes"]},
            {**said["missing"]},
        )

    def said(self) -> dict[str, Any]:
        """As JSON."""
        own = {"read": self.read, "keys": self.keys}
        found = {"hashes": self.hashes, "missing": self.missing}
        return {**self.contents.said(), **self.parts.said(), **own, **found}


@dataclass(frozen=True)
class Bundler:
    """Where files are made, `keyring` opens scans, and `origins` say where each service is whose
    documents are fetched."""

    database: Database
    storage: Storage
    keyring: Keyring | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def make_part(self, event: Event[BundleAsked], job: Job) -> None:
        """The next part, and an order for the one after it; the last one ends the file. Raises
        Overtaken, Unreachable; Parked while sheets are being sealed."""
        asked = event.data
        prefix = bundle_part_prefix(asked.conference, asked.bundle)
        with self.database.read() as connection:
            bundle = bundle_by_id(connection, asked.bundle)
        if bundle is None or bundle.state == "gone":
            self.storage.forget(prefix)  # what a worker left that was killed before it could
            return
        if not _is_next(bundle, asked.part):
            return
        waits = now() < bundle.asked_at + PATIENCE
        progress = self._progress(bundle, job, waits=waits)
        files = self._next_files(bundle.conference, progress, waits=waits)
        is_last = progress.read == len(progress.contents.files)
        if is_last:
            files += ending(bundle.conference, progress.contents, progress.hashes, progress.missing)
        made = progress.parts.part(files, last=is_last)
        # Whoever lost its lease and puts another part of that number, puts it elsewhere.
        key = f"{prefix}{asked.part:05}-{hash_of(made)[:32]}"
        self.storage.put(key, made)
        progress.keys.append(key)
        digest = self._digest(progress.keys) if is_last else ""
        try:
            with self.database.begin() as connection:
                _keep(connection, bundle, asked.part, progress, digest)
                job.complete(connection)
        except Overtaken:
            self.storage.delete(key)
            raise

    def end(self, event: Event[BundleOver], job: Job) -> None:
        """Its time is over: it is gone by itself."""
        with self.database.begin() as connection:
            bundle = bundle_by_id(connection, event.data.bundle, lock=True)
            if bundle is not None:
                is_it = Bundle.id == bundle.id
                connection.execute(update(Bundle).where(is_it).values(state="gone", progress={}))
                self.storage.forget(bundle_part_prefix(bundle.conference, bundle.id))
            job.complete(connection)

    def pieces(self, bundle: BundleRecord) -> Iterator[bytes]:
        """The whole file, part by part."""
        yield from map(self.storage.get, bundle.progress["keys"])

    def _progress(self, bundle: BundleRecord, job: Job, *, waits: bool) -> Progress:
        """As far as it is. What is in it is listed once, when it is begun: after the seals that are
        still to come, as long as it `waits` for them."""
        if bundle.progress:
            return Progress.of(bundle.progress)
        with self.database.begin() as connection:
            job.hold(connection)
            is_early = seal_changed(connection, bundle.conference) and waits
            if is_early:
                job.put_off(connection, now() + LOOKS_AGAIN)
            else:
                contents = contents_of(connection, bundle.conference)
        if is_early:
            raise Parked("a sheet is being sealed")
        return Progress(contents)

    def _next_files(self, slug: str, progress: Progress, *, waits: bool) -> list[tuple[str, bytes]]:
        """As many as a part has; notes their hashes, and why others are missing."""
        size = 0
        files: list[tuple[str, bytes]] = []
        reader = Reader(self.database, self.storage, self.keyring, slug, self.origins, waits)
        with closing(reader):
            for file in progress.contents.files[progress.read :]:
                if size >= PART:
                    break
                progress.read += 1
                found = reader.read(file)
                if isinstance(found, str):
                    progress.missing[file.name] = found
                    continue
                name, content = found
                files.append(found)
                progress.hashes[name] = hash_of(content)
                size += len(content)
        return files

    def _digest(self, keys: Iterable[str]) -> str:
        """Of the whole file."""
        whole = hashlib.sha256()
        for key in keys:
            whole.update(self.storage.get(key))
        return whole.hexdigest()


def _is_next(bundle: BundleRecord, part: int) -> bool:
    return bundle.state in GOING_ON and bundle.count == part


def _keep(
    connection: Connection, bundle: BundleRecord, part: int, progress: Progress, digest: str
) -> None:
    """Unless another worker was quicker. Raises Overtaken."""
    now_is = bundle_by_id(connection, bundle.id, lock=True)
    if now_is is None or now_is.state == "gone":
        raise Overtaken(f"somebody in funder's file {bundle.id} was erased meanwhile")
    if not _is_next(now_is, part):
        return
    values: dict[str, Any] = {"progress": progress.said(), "state": "making"}
    if digest:
        values |= {"state": "made", "made_at": now(), "digest": digest}
        over = BundleOver(bundle=bundle.id)
        schedule(connection, over, key=f"bundle-over:{bundle.id}", at=now() + KEPT)
    else:
        order_part(connection, bundle.id, bundle.conference, part + 1)
    connection.execute(update(Bundle).where(Bundle.id == bundle.id).values(values))
