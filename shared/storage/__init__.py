"""Where documents are kept: a folder, or a bucket of an S3 service, by one URL."""

from pathlib import Path

from shared.base.errors import Misconfigured
from shared.storage.bucket import BucketStorage
from shared.storage.folder import FolderStorage
from shared.storage.store import NotStored, Storage, StorageFailed, StorageFull

__all__ = [
    "BucketStorage",
    "FolderStorage",
    "NotStored",
    "Storage",
    "StorageFailed",
    "StorageFull",
    "check_storage",
    "open_storage",
]


def open_storage(url: str) -> Storage:
    """The storage that a URL names: a path, `file:///path`, or `s3://bucket/prefix?endpoint=…`."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return FolderStorage(Path(url))
    if scheme == "file":
        return FolderStorage(Path(rest))
    if scheme == "s3":
        return BucketStorage(url)
    raise Misconfigured(f"EMARGE_STORAGE_URL wants a folder or s3://bucket/prefix, not {scheme}://")


def check_storage(url: str) -> None:
    """A small document goes there and back. Raises Misconfigured, StorageFailed."""
    storage = open_storage(url)
    storage.put("check", b"check")
    if storage.get("check") != b"check":
        raise Misconfigured("EMARGE_STORAGE_URL does not give back what it was given")
    storage.delete("check")
