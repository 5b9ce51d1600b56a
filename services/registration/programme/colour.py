"""A conference's colour: white text on it must be readable (WCAG 2.2, 1.4.3)."""

import colorsys
from functools import lru_cache

LEAST = 4.5  # contrast of text of any size
_STEPS = 512  # of lightness, finer than a byte of any channel


def contrast(colour: str) -> float:
    """Of white text on this colour, "#rrggbb"."""
    red, green, blue = (_linear(part) for part in _channels(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@lru_cache(maxsize=256)
def readable(colour: str) -> str:
    """The colour itself, or the lightest of its hue and saturation that is dark enough."""
    if contrast(colour) >= LEAST:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    for step in range(_STEPS, -1, -1):
        darker = _written(colorsys.hls_to_rgb(hue, lightness * step / _STEPS, saturation))
        if contrast(darker) >= LEAST:
            return darker
    raise AssertionError("black is dark enough")


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _written(channels: tuple[float, float, float]) -> str:
    return "#" + bytes(round(part * 255) for part in channels).hex()
