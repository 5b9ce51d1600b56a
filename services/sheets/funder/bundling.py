"""Making a funder's file part by part: each is a job, and what was made before a kill stays.

The parts lie in the storage beside each other and are the ZIP when they are sent one after another;
nothing ever holds all of it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
from services.sheets.funder.contents import (
    INDEX,
    READ_ME,
    REALISATIONS,
    SUMS,
    Contents,
    contents_of,
)
from services.sheets.funder.parts import Parts
from services.sheets.funder.reading import Reader
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.keyring import Keyring
from shared.bus.inbox import schedule
from shared.events import Event
from shared.process.service import Job
from shared.storage import Storage

PART = 8 * 1024 * 1024  # bytes, about: what a worker holds of it
_WORDS = """\
Dossier pour le financeur : {conference}

feuilles/                     les feuilles d'émargement scellées (PDF/A-3, signées), une par session
                              ou demi-journée ; chacune se vérifie par son code QR
papier/                       les scans des feuilles signées sur papier
presence.csv                  le tableau des présences qui en découle
programme/                    chaque version du programme, telle qu'elle a été annoncée
certificats-de-realisation/   à compléter : le ZIP des certificats, page « Certificats » de la
                              journée, a un dossier de ce nom
index.json, SHA256SUMS        ce que contient ce dossier, avec les empreintes SHA-256
                              (sha256sum -c SHA256SUMS)
{unsealed}
The funder's file: feuilles/ has the sealed attendance sheets, papier/ the scans of those
signed on paper, presence.csv who was present when,
programme/ each version of the programme; certificats-de-realisation/ is a place for those of the
certificates' ZIP. `sha256sum -c SHA256SUMS` checks every file.
"""


class Overtaken(EmargeError):
    """Somebody was erased while a part was made: the file is gone, and so is what is left of it."""


@dataclass
class Progress:
    """How far a file is: what was listed at its beginning, how many of those are written, the ZIP
    so far, the keys of its parts, and the hashes of what is in it, by name."""

    contents: Contents
    read: int = 0
    parts: Parts = field(default_factory=Parts)
    keys: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Progress":
        """As `said` wrote it."""
        return cls(
            Contents.of(said), said["read"], Parts.of(said), [*said["keys"]], {**said["hashes"]}
        )

    def said(self) -> dict[str, Any]:
        """As JSON."""
        own = {"read": self.read, "keys": self.keys, "hashes": self.hashes}
        return {**self.contents.said(), **self.parts.said(), **own}


@dataclass(frozen=True)
class Bundler:
    """`keyring` opens scans, where files are made."""

    database: Database
    storage: Storage
    keyring: Keyring | None = None

    def make_part(self, event: Event[BundleAsked], job: Job) -> None:
        """The next part, and an order for the one after it; the last one ends the file. Raises
        Overtaken."""
        asked = event.data
        prefix = bundle_part_prefix(asked.conference, asked.bundle)
        with self.database.read() as connection:
            bundle = bundle_by_id(connection, asked.bundle)
            progress = _progress(connection, bundle) if bundle else None
        if bundle is None or progress is None or bundle.state == "gone":
            self.storage.forget(prefix)  # what a worker left that was killed before it could
            return
        if not _is_next(bundle, asked.part):
            return
        files = self._next_files(bundle.conference, progress)
        is_last = progress.read == len(progress.contents.files)
        if is_last:
            files += _ending(bundle.conference, progress.contents, progress.hashes)
        made = progress.parts.part(files, last=is_last)
        # Whoever lost its lease and puts another part of that number, puts it elsewhere.
        key = f"{prefix}{asked.part:05}-{_hash(made)[:32]}"
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
                gone = update(Bundle).where(Bundle.id == bundle.id).values(state="gone")
                connection.execute(gone)
                self.storage.forget(bundle_part_prefix(bundle.conference, bundle.id))
            job.complete(connection)

    def pieces(self, bundle: BundleRecord) -> Iterator[bytes]:
        """The whole file, part by part."""
        yield from map(self.storage.get, bundle.progress["keys"])

    def _next_files(self, slug: str, progress: Progress) -> list[tuple[str, bytes]]:
        """As many as a part has; notes their hashes."""
        reader = Reader(self.database, self.storage, self.keyring, slug)
        size = 0
        files: list[tuple[str, bytes]] = []
        for file in progress.contents.files[progress.read :]:
            if size >= PART:
                break
            progress.read += 1
            found = reader.read(file)
            if found is not None:
                name, content = found
                files.append(found)
                progress.hashes[name] = _hash(content)
                size += len(content)
        return files

    def _digest(self, keys: Iterable[str]) -> str:
        """Of the whole file."""
        whole = hashlib.sha256()
        for key in keys:
            whole.update(self.storage.get(key))
        return whole.hexdigest()


def _progress(connection: Connection, bundle: BundleRecord) -> Progress:
    if bundle.progress:
        return Progress.of(bundle.progress)
    return Progress(contents_of(connection, bundle.conference))


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


def _ending(conference: str, contents: Contents, hashes: dict[str, str]) -> list[tuple[str, bytes]]:
    """Words, index and hashes: what is written when all else is."""
    missing = "".join(
        f"\nPas encore scellée / not sealed yet: {title}" for title in contents.unsealed
    ) + "".join(
        "\nModifiée depuis son scellé, pas encore scellée de nouveau / changed since its seal, not "
        f"sealed anew yet: {title}"
        for title in contents.changed
    )
    words = _WORDS.format(conference=contents.title, unsealed=missing).encode()
    place = f"{REALISATIONS}{READ_ME}", _PLACE.encode()
    hashes |= {READ_ME: _hash(words), place[0]: _hash(place[1])}
    index = {
        "conference": conference,
        "files": [{"name": name, "sha256": hashes[name]} for name in sorted(hashes)],
        "unsealed": [*contents.unsealed],
        "changed": [*contents.changed],
    }
    said = json.dumps(index, ensure_ascii=False, indent=1).encode()
    hashes[INDEX] = _hash(said)
    sums = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode()
    return [(READ_ME, words), place, (INDEX, said), (SUMS, sums)]


_PLACE = (
    "Déposez ici les certificats de réalisation : ils sont dans le dossier de ce nom du ZIP des "
    "certificats.\nPut the certificats de réalisation here: they are in the folder of this name of "
    "the certificates' ZIP.\n"
)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
