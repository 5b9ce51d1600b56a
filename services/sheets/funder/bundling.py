"""Making a funder's file part by part: each is a job, and what was made before a kill stays.

The parts lie in the storage beside each other and are the ZIP when they are sent one after another;
nothing ever holds all of it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, update

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
    File,
    contents_of,
)
from services.sheets.funder.parts import Parts
from services.sheets.pictures.keyring import Keyring
from services.sheets.signing.papers import open_paper
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.inbox import schedule
from shared.events import Event
from shared.process.service import Job
from shared.storage import NotStored, Storage

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


@dataclass(frozen=True)
class Bundler:
    """`keyring` opens scans, where files are made."""

    database: Database
    storage: Storage
    keyring: Keyring | None = None

    def make_part(self, event: Event[BundleAsked], job: Job) -> None:
        """The next part, and an order for the one after it; the last one ends the file."""
        with self.database.read() as connection:
            bundle = bundle_by_id(connection, event.data.bundle)
            if bundle is None or not _is_next(bundle, event.data.part):
                return
            contents = contents_of(connection, self.storage, self._scan, bundle.conference)
        parts, hashes = Parts.of(bundle.progress), dict(bundle.progress.get("hashes", {}))
        files, last = self._next_files(contents, parts, hashes)
        if last:
            files += _ending(bundle.conference, contents, hashes)
        made = parts.part(files, last=last)
        key = bundle.part(event.data.part)
        self.storage.put(key, made)
        digest = self._digest(bundle, made) if last else ""
        progress = {**parts.said(), "hashes": hashes, "unsealed": [*contents.unsealed]}
        progress["changed"] = [*contents.changed]
        with self.database.begin() as connection:
            kept = _keep(connection, bundle, event.data.part, progress, digest)
            job.complete(connection)
        if not kept:
            self.storage.delete(key)

    def end(self, event: Event[BundleOver], job: Job) -> None:
        """Its time is over: it is gone by itself."""
        with self.database.read() as connection:
            bundle = bundle_by_id(connection, event.data.bundle)
        if bundle is None:
            return
        self.storage.forget(bundle.prefix)
        with self.database.begin() as connection:
            connection.execute(
                update(Bundle).where(Bundle.id == bundle.id).values(state="gone", file="")
            )
            job.complete(connection)

    def pieces(self, bundle: BundleRecord) -> Iterator[bytes]:
        """The whole file, part by part."""
        for number in range(bundle.count):
            yield self.storage.get(bundle.part(number))

    def _next_files(
        self, contents: Contents, parts: Parts, hashes: dict[str, str]
    ) -> tuple[list[tuple[str, bytes]], bool]:
        """As many as a part has, and whether they are the last ones; notes their hashes."""
        there = {known for name in parts.names for known in (name, name.rpartition(".")[0])}
        size = 0
        files: list[tuple[str, bytes]] = []
        for file in contents.files:
            if file.name in there:
                continue
            if size >= PART:
                return files, False
            content = _read(file)
            if content is not None:
                name = file.name + file.ending(content)
                files.append((name, content))
                hashes[name] = hashlib.sha256(content).hexdigest()
                size += len(content)
        return files, True

    def _scan(self, sheet_id: str, paper_id: str) -> bytes:
        with self.database.read() as connection:
            scan = self.keyring and open_paper(connection, self.keyring, sheet_id, paper_id)
        if not scan:
            raise NotStored(paper_id)
        return scan

    def _digest(self, bundle: BundleRecord, last: bytes) -> str:
        """Of the whole file."""
        whole = hashlib.sha256()
        for piece in self.pieces(bundle):
            whole.update(piece)
        whole.update(last)
        return whole.hexdigest()


def _is_next(bundle: BundleRecord, part: int) -> bool:
    return bundle.state in GOING_ON and bundle.count == part


def _read(file: File) -> bytes | None:
    """None of a sheet that was sealed anew, or erased, since the list was made."""
    try:
        return file.read()
    except NotStored:
        return None


def _keep(
    connection: Connection, bundle: BundleRecord, part: int, progress: dict[str, Any], digest: str
) -> bool:
    """False when somebody in it was erased meanwhile: then it is gone."""
    now_is = bundle_by_id(connection, bundle.id, lock=True)
    if now_is is None or not _is_next(now_is, part):
        return False
    values: dict[str, Any] = {"progress": progress, "state": "making"}
    if digest:
        values |= {"state": "made", "made_at": now(), "digest": digest, "file": bundle.prefix}
        over = BundleOver(bundle=bundle.id)
        schedule(connection, over, key=f"bundle-over:{bundle.id}", at=now() + KEPT)
    else:
        order_part(connection, bundle.id, part + 1)
    connection.execute(update(Bundle).where(Bundle.id == bundle.id).values(values))
    return True


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
