"""The bytes of what is in a funder's file, one after the other, each when its turn comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from services.sheets.funder import fetching
from services.sheets.funder.contents import File, presence, programmes_of
from services.sheets.funder.fetching import Fetching, Unreachable
from services.sheets.funder.realisations import realisation_of
from services.sheets.signing.papers import open_paper, type_of
from shared.base.database import Database
from shared.base.keyring import Keyring
from shared.storage import NotStored, Storage

Why = fetching.Why | Literal["unreachable", "erased"]


@dataclass
class Reader:
    """Of one conference; to be closed. `keyring` opens scans; `origins` are those of `Fetching`.
    With `waits` what cannot be had now is waited for: else the file goes on without it, and whoever
    did not answer once is not asked again."""

    database: Database
    storage: Storage
    keyring: Keyring | None
    slug: str
    origins: Mapping[str, str]
    waits: bool

    def read(self, file: File) -> tuple[str, bytes] | Why:
        """Its name in the ZIP, and its bytes; or why it is not in it. Raises Unreachable."""
        content = self._content(file)
        if content is None:
            return "erased"
        if isinstance(content, str):
            return content
        return file.name + (type_of(content)[1] if file.kind == "paper" else ""), content

    def close(self) -> None:
        if "_fetching" in vars(self):
            self._fetching.close()

    def _content(self, file: File) -> bytes | Why | None:
        """None of what was erased since it was listed."""
        if file.kind == "sheet":
            try:
                return self.storage.get(file.of[0])
            except NotStored:
                return None
        if file.kind == "programme":
            return self._programmes.get(int(file.of[0]))
        if file.kind == "realisation":
            return self._realisation(file.of[0])
        with self.database.read() as connection:
            if file.kind == "presence":
                return presence(connection, self.slug)
            if self.keyring is None:
                return None
            return open_paper(connection, self.keyring, *file.of)

    def _realisation(self, registration_id: str) -> bytes | Why | None:
        """By its newest link: it may be another one than when the file was begun."""
        with self.database.read() as connection:
            issued = realisation_of(connection, registration_id)
        if issued is None or not issued.path:
            return None
        if issued.source in self._silent:
            return "unreachable"
        try:
            return self._fetching.fetch(issued.source, issued.path)
        except Unreachable:
            if self.waits:
                raise
            self._silent.add(issued.source)
            return "unreachable"

    @cached_property
    def _silent(self) -> set[str]:
        """The services that did not answer."""
        return set()

    @cached_property
    def _fetching(self) -> Fetching:
        return Fetching(self.origins)

    @cached_property
    def _programmes(self) -> dict[int, bytes]:
        with self.database.read() as connection:
            return programmes_of(connection, self.slug)
