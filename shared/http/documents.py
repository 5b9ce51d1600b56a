"""Documents as answers: a browser shows or saves them, and nothing on the way keeps them."""

from collections.abc import Iterable
from typing import Literal

from fastapi import Response
from fastapi.responses import StreamingResponse

from shared.words.filenames import content_disposition

# A browser's PDF viewer needs more than a page of ours does, and has nothing of ours to protect.
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def document(
    content: str | bytes,
    name: str,
    media_type: str = "application/pdf",
    *,
    kind: Literal["inline", "attachment"] = "inline",
    digest: str = "",
) -> Response:
    """`name` is what it is saved as; `digest` that of the content, where it is known."""
    headers = {**HEADERS, "Content-Disposition": content_disposition(kind, name)}
    if digest:
        headers["ETag"] = f'"{digest}"'
    return Response(content, media_type=media_type, headers=headers)


def zip_archive(pieces: Iterable[bytes], name: str, size: int | None = None) -> StreamingResponse:
    """A ZIP, sent piece by piece; `size` in bytes, where it is known before."""
    headers = {
        "Content-Disposition": content_disposition("attachment", name),
        "Cache-Control": "no-store",
    }
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)
