"""Pictures in the colours of the file, which are sRGB: PDF/A-3a holds no CMYK beside it."""

import io

from PIL import Image, ImageCms

_HELD = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")  # what WeasyPrint writes as grey or RGB
_QUALITY = 95  # of JPEG: as good as unseen


def in_rgb(data: bytes) -> bytes:
    """A picture's file, or another of the same picture when its colours are other ones."""
    with Image.open(io.BytesIO(data)) as image:
        if image.mode in _HELD:
            return data
        made = io.BytesIO()
        if image.mode == "CMYK":
            _from_cmyk(image).save(made, "JPEG", quality=_QUALITY)
        elif image.mode.startswith("I;16"):
            image.point(lambda level: level / 256).convert("L").save(made, "PNG")
        else:
            image.convert("RGB").save(made, "PNG")
        return made.getvalue()


def _from_cmyk(image: Image.Image) -> Image.Image:
    """By the profile that the picture carries, so that its colours are those that were meant."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            found = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            found = None  # a broken one: without it, then
        if found is not None:
            found.info.pop("icc_profile", None)
            return found
    return image.convert("RGB")
