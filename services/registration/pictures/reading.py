"""A picture that somebody sent becomes pictures of ours: a child process with little memory and
time draws it anew (`picture_child`), one at a time."""

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.registration.pictures.picture_child import SECONDS, TOO_LARGE, UNREADABLE, Unreadable
from services.registration.pictures.sizes import LARGEST, Kind
from shared.base.bulkhead import Bulkhead

_PROJECT = Path(__file__).resolve().parents[3]
_PATIENCE = 3 * SECONDS  # seconds, on a machine that has others to serve
_KEPT = ("PATH", "LANG", "LC_ALL")  # of our environment: the child gets no settings
_bulkhead = Bulkhead()


@dataclass(frozen=True)
class Drawn:
    """A picture of ours: WebP by width in pixels. `name` is made of what one sees."""

    kind: Kind
    name: str
    sizes: Mapping[int, bytes]


def read_picture(kind: Kind, content: bytes) -> Drawn:
    """Raises Unreadable, Busy."""
    if not content:
        raise Unreadable("This file is empty.")
    if len(content) > LARGEST:
        raise Unreadable("A picture may have at most 8 MB.")
    with _bulkhead.entered():
        answer = _ask_child(kind, content)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    sizes = {int(width): base64.b64decode(each) for width, each in answer["sizes"].items()}
    return Drawn(kind, hashlib.sha256(sizes[max(sizes)]).hexdigest()[:32], sizes)


def _ask_child(kind: Kind, content: bytes) -> Any:
    """What the child says. Raises Unreadable when it was stopped before it could."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "services.registration.pictures.picture_child"],
            input=kind.encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"PYTHONPATH": str(_PROJECT)},
            timeout=_PATIENCE,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(TOO_LARGE) from None
    except subprocess.CalledProcessError:
        raise Unreadable(UNREADABLE) from None
    return json.loads(child.stdout)
