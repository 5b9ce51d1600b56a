"""The bytes of what is in a funder's file, one after the other, each when its turn comes."""

from dataclasses import dataclass
from functools import cached_property

from services.sheets.funder.contents import File, presence, programmes_of
from services.sheets.signing.papers import open_paper, type_of
from shared.base.database import Database
from shared.base.keyring import Keyring
from shared.storage import NotStored, Storage


@dataclass
class Reader:
    """Of one conference. `keyring` opens scans."""

    database: Database
    storage: Storage
    keyring: Keyring | None
    slug: str

    def read(self, file: File) -> tuple[str, bytes] | None:
        """Its name in the ZIP, and its bytes; None of what was erased since it was listed."""
        content = self._content(file)
        if content is None:
            return None
        return file.name + (type_of(content)[1] if file.kind == "paper" else ""), content

    def _content(self, file: File) -> bytes | None:
        if file.kind == "sheet":
            try:
                return self.storage.get(file.of[0])
            except NotStored:
                return None
        if file.kind == "programme":
            return self._programmes.get(int(file.of[0]))
        with self.database.read() as connection:
            if file.kind == "presence":
                return presence(connection, self.slug)
            if self.keyring is None:
                return None
            return open_paper(connection, self.keyring, *file.of)

    @cached_property
    def _programmes(self) -> dict[int, bytes]:
        with self.database.read() as connection:
            return programmes_of(connection, self.slug)
