"""Facts counted from outside: files on disk, emails in the sink, rows of the API."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.mailbox import Mailbox
from deploy.local.stack import Stack
from deploy.services import found

PAGE = 500
EVENT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Fact:
    """One line of the closing table."""

    what: str
    counted: str
    expected: str
    where: str

    @property
    def agrees(self) -> bool:
        return self.counted == self.expected


def fact(what: str, counted: object, expected: object, where: str) -> Fact:
    return Fact(what, str(counted), str(expected), where)


@dataclass(frozen=True)
class Delivered:
    """The emails in the sink. A kind is the type of the event whose id is in the Message-ID."""

    by_kind: Mapping[str, int]
    doubled: int
    unexplained: int


def delivered(mailbox: Mailbox, kinds: Mapping[str, str]) -> Delivered:
    """`kinds` are the types of events by id."""
    ids = Counter(mailbox.stored(identity).message_id for identity in mailbox.ids())
    found = [kinds.get(_event_id(message_id), "") for message_id in ids]
    return Delivered(
        by_kind=Counter(kind for kind in found if kind),
        doubled=sum(ids.values()) - len(ids),
        unexplained=found.count(""),
    )


def event_kinds(stack: Stack) -> dict[str, str]:
    """The type of every event in the feeds of the services that publish, by id."""
    kinds: dict[str, str] = {}
    for service in (each.name for each in found() if each.publishes):
        token = stack.environment(service)["EMARGE_SERVICE_TOKEN"]
        with httpx.Client(
            base_url=stack.origin(service),
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        ) as client:
            kinds |= dict(_read_feed(client))
    return kinds


def documents(folder: Path) -> int:
    """How many complete PDFs there are in the folder."""
    return sum(_is_complete(path.read_bytes()) for path in folder.rglob("*.pdf"))


def _read_feed(client: httpx.Client) -> Iterable[tuple[str, str]]:
    after = 0
    while True:
        answer = client.get("/events", params={"after": after, "limit": PAGE})
        events = answer.raise_for_status().json()["events"]
        if not events:
            return
        yield from ((event["id"], event["type"]) for event in events)
        after = events[-1]["position"]


def _event_id(message_id: str) -> str:
    match = EVENT_ID.search(message_id)
    return match[0] if match else ""


def _is_complete(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
