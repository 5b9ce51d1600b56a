"""A picture that somebody sent becomes pictures of ours: a child process with little memory and
time draws it anew (`picture_child`), one at a time."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.registration.pictures import picture_child
from services.registration.pictures.picture_child import TOO_LARGE, Unreadable
from services.registration.pictures.sizes import LARGEST, Kind
from shared.base.bulkhead import Bulkhead
from shared.base.confined import Stopped, answer_of

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
        try:
            sent = kind.encode() + b"\n" + content
            answer = json.loads(answer_of(picture_child.__name__, sent, picture_child.SECONDS))
        except Stopped:
            raise Unreadable(TOO_LARGE) from None
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    sizes = {int(width): base64.b64decode(each) for width, each in answer["sizes"].items()}
    return Drawn(kind, hashlib.sha256(sizes[max(sizes)]).hexdigest()[:32], sizes)
