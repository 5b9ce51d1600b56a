"""A certificate's picture, drawn by a child process with little memory and time, one at a time."""

from services.certificates.holding import picture_child
from shared.base.bulkhead import Bulkhead
from shared.base.confined import answer_of

_bulkhead = Bulkhead()


def draw(pdf: bytes) -> bytes:
    """PNG (`picture_child.SIZE`). Raises Busy, Stopped."""
    with _bulkhead.entered():
        return answer_of(picture_child.__name__, pdf, picture_child.SECONDS)
