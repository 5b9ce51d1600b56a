"""The document of a seal, for whoever holds it: the organiser, and the host by a link of theirs."""

from fastapi import Response

from services.sheets.base.records import SheetRecord
from services.sheets.base.seals import SealRecord
from shared.base.keys import Keys
from shared.http.passes import with_pass_until
from shared.storage import NotStored, Storage
from shared.words.filenames import content_disposition, file_name

# A browser's PDF viewer needs more than a page of ours does, and has nothing of ours to protect.
FILE_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def path_of(code: str) -> str:
    """Where whoever has a pass for it fetches a document."""
    return f"/sheets/sealed/{code}.pdf"


def link_of(code: str, keys: Keys, until: int) -> str:
    """The path with its pass, for a host; `until` in seconds since 1970."""
    return with_pass_until(path_of(code), keys, until)


def document(storage: Storage, seal: SealRecord, sheet: SheetRecord) -> Response | None:
    """None when it is not made yet, or is not kept any more."""
    if not seal.made:
        return None
    try:
        content = storage.get(seal.file)
    except NotStored:
        return None
    name = file_name(sheet.title, seal.code, extension="pdf")
    headers = {
        **FILE_HEADERS,
        "Content-Disposition": content_disposition("inline", name),
        "ETag": f'"{seal.digest}"',
    }
    return Response(content, media_type="application/pdf", headers=headers)
