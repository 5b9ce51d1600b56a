"""What pictures of a conference's page are for, and the sizes in which each is kept."""

from typing import Literal

from services.registration.programme.facts import Conference

Kind = Literal["image", "logo", "portrait"]

# Width and height in pixels: for a phone and for a desk, twice as fine as they are shown there.
SIZES: dict[Kind, tuple[tuple[int, int], ...]] = {
    "image": ((720, 270), (1440, 540)),
    "logo": ((480, 160),),  # at most: a logo is not cut
    "portrait": ((96, 96), (192, 192)),
}
LARGEST = 8 * 1024 * 1024  # bytes of what is sent
MOST_PIXELS = 40_000_000  # of what is sent; a telephone's photo has 12 to 24 million


def picture_path(conference: Conference, name: str, kind: Kind, at: int = -1) -> str | None:
    """Where its largest size is served, or another one of SIZES; None where there is no picture."""
    width = SIZES[kind][at][0]
    return f"/c/{conference.slug}/pictures/{name}-{width}.webp" if name else None
