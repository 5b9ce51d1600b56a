"""What is judged: files under a path, and what emails carry. The same bytes are one document."""

import email
import email.policy
import hashlib
from collections.abc import Iterator
from pathlib import Path

KINDS = {"application/pdf": ".pdf", "text/calendar": ".ics"}
_TAKEN = (*KINDS.values(), ".eml")


def documents(paths: list[Path], folder: Path) -> dict[Path, str]:
    """Files to judge with what to call them; attachments are written into `folder`."""
    found: dict[str, tuple[Path, str]] = {}
    for path, name in _files(paths, folder):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.setdefault(digest, (path, name))
    return dict(found.values())


def _files(paths: list[Path], folder: Path) -> Iterator[tuple[Path, str]]:
    for given in paths:
        within = sorted(given.rglob("*")) if given.is_dir() else [given]
        for path in within:
            if not path.is_file() or path.suffix not in _TAKEN:
                continue
            name = str(path.relative_to(given)) if path != given else path.name
            if path.suffix == ".eml":
                yield from _attachments(path, name, folder)
            else:
                yield path, name


def _attachments(path: Path, name: str, folder: Path) -> Iterator[tuple[Path, str]]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for part in message.walk():
        ending = KINDS.get(part.get_content_type())
        if ending is None:
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue  # a message within the message: its parts are walked too
        written = folder / f"{hashlib.sha256(content).hexdigest()}{ending}"
        written.write_bytes(content)
        yield written, f"{name}: {part.get_filename() or ending}"
