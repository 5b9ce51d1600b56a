"""`python -m shared.events [FOLDER]`: write the catalogue, unless a contract would break."""

import json
import sys
from pathlib import Path

from shared.events.asyncapi import FILE, asyncapi
from shared.events.catalogue import TABLE, by_publisher, contracts, schemas, table, text
from shared.events.compatibility import breaks

FOLDER = Path(__file__).parents[2] / "docs" / "events"


def files() -> dict[str, str]:
    """Name and content of everything in docs/events/ that follows from the code."""
    return {**schemas(), FILE: text(asyncapi(by_publisher())), TABLE: table()}


def main(folder: Path = FOLDER) -> None:
    broken = [
        f"{contract.name}: {problem}"
        for contract in contracts()
        if (folder / contract.file).exists()
        for problem in breaks(json.loads((folder / contract.file).read_text()), contract.schema())
    ]
    if broken:
        sys.exit("\n".join([*broken, "A contract only grows: give the new one a new version."]))
    folder.mkdir(parents=True, exist_ok=True)
    # Of a type that nobody publishes any more; of one that goes on, each version stays.
    known = {contract.payload.type for contract in contracts()}
    for file in folder.glob("*.v*.json"):
        if file.name.rpartition(".v")[0] not in known:
            file.unlink()
    for name, content in files().items():
        (folder / name).write_text(content)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
