"""Colours of a certificate that everybody can read (WCAG 2.2, 1.4.3)."""

import re

ENOUGH = 4.5  # to 1, for text of any size
_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 100


def is_colour(text: str) -> bool:
    """As a browser's colour field sends it, in small letters."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Of two colours, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_read(colour: str, ground: str) -> bool:
    return contrast(colour, ground) >= ENOUGH


def nearest_read(colour: str, ground: str) -> str:
    """The colour itself, or as little darker (lighter on a dark ground) as makes it readable."""
    towards = max(("#000000", "#ffffff"), key=lambda end: contrast(end, ground))
    for step in range(_STEPS + 1):
        tried = mixed(towards, colour, step / _STEPS)
        if is_read(tried, ground):
            return tried
    return towards  # one of the two always is: the least that both have is 4.58


def mixed(colour: str, with_colour: str, share: float) -> str:
    """`share` of the first, the rest of the second."""
    pairs = zip(_channels(colour), _channels(with_colour), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
