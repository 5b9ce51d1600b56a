"""A picture that somebody sent becomes one of ours: a child process with little memory and time
draws it anew (`picture_child`), one at a time."""

import base64
import json

from services.certificates.designer import picture_child
from services.certificates.designer.answers import Fault
from shared.base.bulkhead import Bulkhead
from shared.base.confined import Stopped, answer_of

LARGEST = 16 * 1024 * 1024  # bytes of what is sent
MOST_MEGAPIXELS = picture_child.MOST_PIXELS // 1_000_000
_bulkhead = Bulkhead(waiting=3)


def drawn(what: str, content: bytes) -> bytes | Fault:
    """A PNG, or what is wrong with the file. Raises Busy."""
    if not content:
        return Fault(what, "picture-empty", {})
    if len(content) > LARGEST:
        return Fault(what, "picture-bytes", {"most": LARGEST // 1024 // 1024})
    with _bulkhead.entered():
        try:
            sent = what.encode() + b"\n" + content
            answer = json.loads(answer_of(picture_child.__name__, sent, picture_child.SECONDS))
        except Stopped:
            answer = {"unreadable": "picture-pixels"}
    if rule := answer.get("unreadable"):
        return Fault(what, rule, {"most": MOST_MEGAPIXELS})
    return base64.b64decode(answer["picture"])
