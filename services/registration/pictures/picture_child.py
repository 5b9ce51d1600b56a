"""The process that reads a picture: it limits itself, then makes small ones of what it gets.

What a file of some bytes unpacks to is its author's choice. Standard input has the kind of picture
in a line and then the file; standard output gets the sizes, or why there are none, as JSON. They
are drawn anew: nothing of the file (place, camera, whatever is hidden in it) is in them.
"""

import base64
import io
import json
import sys
from typing import TYPE_CHECKING, cast

from services.registration.pictures.sizes import MOST_PIXELS, SIZES, Kind
from shared.base.confined import confine

if TYPE_CHECKING:
    from PIL import Image

MEMORY = 1280 * 1024 * 1024  # bytes of addresses
SECONDS = 15  # of the processor
FORMATS = ("JPEG", "PNG", "WEBP")

UNREADABLE = "This file is no picture that can be read: send a JPEG, a PNG or a WebP."
TOO_LARGE = "This picture is too large: at most 40 million pixels."


class Unreadable(Exception):
    """The message is an English msgid."""


def main() -> None:
    """Once: a process that has read a hostile file reads no other."""
    confine(MEMORY, SECONDS)
    kind = cast(Kind, sys.stdin.buffer.readline().decode().strip())
    try:
        drawn = draw(kind, sys.stdin.buffer.read())
        answer: dict[str, object] = {
            "sizes": {width: base64.b64encode(each).decode() for width, each in drawn.items()}
        }
    except Unreadable as error:
        answer = {"unreadable": str(error)}
    except MemoryError:
        answer = {"unreadable": TOO_LARGE}
    json.dump(answer, sys.stdout)


def draw(kind: Kind, content: bytes) -> dict[int, bytes]:
    """Each size of the picture by its width, as WebP. Raises Unreadable."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is unpacked
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            _refuse_larger(opened)
            largest = SIZES[kind][-1]
            # A JPEG is unpacked no larger than it will be shown.
            opened.draft("RGB", (largest[0] * 2, largest[0] * 2))
            opened.thumbnail((largest[0] * 4, largest[0] * 4))
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (Unreadable, MemoryError):
        raise
    except Exception:  # noqa: BLE001  whatever is wrong inside a picture, it cannot be read
        raise Unreadable(UNREADABLE) from None
    if kind != "logo":  # what one can see through is paper
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    return {
        size[0]: _encoded(
            ImageOps.contain(picture, size) if kind == "logo" else ImageOps.fit(picture, size)
        )
        for size in SIZES[kind]
    }


def _refuse_larger(picture: "Image.Image") -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable(TOO_LARGE)


def _encoded(picture: "Image.Image") -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=80, method=4)
    return file.getvalue()


if __name__ == "__main__":
    main()
