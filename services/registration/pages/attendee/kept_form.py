"""The form on its way to the page that shows it again: whatever is pressed is answered by a
redirect, so that going back or reloading sends nothing a second time.

What was typed waits in a cookie of that page alone, for whoever typed it; it is no more trusted
than a form. A form that a cookie has no room for is shown at once.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from fastapi import Request, Response
from starlette.datastructures import FormData

LASTS = 60 * 60  # seconds
ROOM = 3500  # characters; browsers take 4096 with the name and the attributes
MOST = 256 * 1024  # bytes of a form


def keep(response: Response, request: Request, form: FormData) -> bool:
    """For the page that was posted to; whether there is room."""
    typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    packed = urlsafe_b64encode(zlib.compress(json.dumps(typed).encode(), 9)).decode()
    if len(packed) > ROOM:
        return False
    response.set_cookie(
        _name(request),
        packed,
        max_age=LASTS,
        path=request.url.path,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return True


def kept(request: Request) -> FormData | None:
    """None when nothing was kept, or what came is none of ours."""
    try:
        packed = urlsafe_b64decode(request.cookies.get(_name(request), ""))
        unpacked = zlib.decompressobj().decompress(packed, MOST)
        typed = json.loads(unpacked)
        json.dumps(typed, ensure_ascii=False).encode()  # half a letter is none
        return FormData([(str(name), str(value)) for name, value in typed])
    except (NotBase64, zlib.error, ValueError, TypeError, RecursionError):
        return None


def forget(response: Response, request: Request, path: str) -> None:
    """What waits for the page at `path`."""
    response.delete_cookie(_name(request), path=path, secure=request.url.scheme == "https")


def _name(request: Request) -> str:
    """With this prefix a browser takes it by HTTPS alone."""
    return "__Secure-emarge-form" if request.url.scheme == "https" else "emarge-form"
