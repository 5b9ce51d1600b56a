"""What a camera sees, made up: a film of badges that Chromium plays instead of one.

YUV4MPEG2 is a header and the planes of each frame as they are; Chromium plays it over and over.
"""

from collections.abc import Iterable
from pathlib import Path

from shared.handouts.qr import qr_rows

WIDTH, HEIGHT = 640, 480
MODULE = 10  # pixels
FRAMES_A_SECOND = 10
GREY, WHITE, BLACK = 128, 235, 16


def film(path: Path, codes: Iterable[str], frames_each: int) -> list[str]:
    """Write the film, each badge seen for so many frames; the arguments for Chromium to play it."""
    colourless = bytes([GREY]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for code in codes:
            file.write((b"FRAME\n" + _badge(code) + colourless) * frames_each)
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]


def _badge(code: str) -> bytes:
    """The luma of a QR code in the middle of a grey picture."""
    rows = qr_rows(code)
    side = len(rows) * MODULE
    left, above = (WIDTH - side) // 2, (HEIGHT - side) // 2
    margin = bytes([GREY]) * left
    rest = bytes([GREY]) * (WIDTH - side - left)
    of_module = {0: bytes([WHITE]) * MODULE, 1: bytes([BLACK]) * MODULE}
    lines = b"".join(
        (margin + b"".join(of_module[each] for each in row) + rest) * MODULE for row in rows
    )
    grey = bytes([GREY]) * WIDTH
    return grey * above + lines + grey * (HEIGHT - side - above)
