"""Documents in a bucket of S3, or of any service that speaks its protocol.

    s3://bucket/prefix?region=eu-west-3                            Amazon's
    s3://bucket/prefix?endpoint=https://storage.example&region=fr  another service

Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.base.errors import Misconfigured
from shared.storage.store import NotStored, StorageFailed, StorageFull, checked

PATIENCE = timedelta(seconds=15)  # then the job is given back and tried again later


class BucketStorage:
    """`Storage` in a bucket. Open it after a fork: its connections live in threads of their own."""

    def __init__(self, url: str) -> None:
        try:
            # Only who keeps documents in a bucket needs this library (the extra "s3").
            import obstore
            from obstore.store import S3Store
        except ImportError:
            raise Misconfigured("s3:// needs the library obstore (shared[s3])") from None
        parsed = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parsed.query).items()}
        unknown = set(options) - {"endpoint", "region"}
        if not parsed.netloc or unknown:
            raise Misconfigured("EMARGE_STORAGE_URL wants s3://bucket/prefix?endpoint=…&region=…")
        self._obstore: Any = obstore
        self._place = f"s3://{parsed.netloc}{parsed.path}"
        endpoint = options.get("endpoint")
        self._store = S3Store(
            parsed.netloc,
            prefix=parsed.path.strip("/") or None,
            config={name: value for name, value in options.items() if value},  # type: ignore[arg-type]  # "endpoint" and "region" are among its keys
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": PATIENCE,
            },
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
        )

    def put(self, key: str, content: bytes) -> None:
        with self._explained(f"{key} could not be stored"):
            self._obstore.put(self._store, checked(key), content, use_multipart=False)

    def get(self, key: str) -> bytes:
        with self._explained(f"{key} could not be read"):
            return bytes(self._obstore.get(self._store, checked(key)).bytes())

    def exists(self, key: str) -> bool:
        try:
            with self._explained(f"{key} could not be looked for"):
                self._obstore.head(self._store, checked(key))
        except NotStored:
            return False
        return True

    def delete(self, key: str) -> None:
        with self._explained(f"{key} could not be deleted"):
            self._obstore.delete(self._store, checked(key))

    def forget(self, prefix: str) -> None:
        folder, _, start = checked(prefix).rpartition("/")
        with self._explained(f"{prefix}… could not be deleted"):
            # A listing's prefix is whole folders here, so the rest of it is compared by hand.
            for page in self._obstore.list(self._store, prefix=folder or None):
                for entry in page:
                    if entry["path"].rpartition("/")[2].startswith(start):
                        self._obstore.delete(self._store, entry["path"])

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise NotStored(f"{what} ({self._place}): not there") from error
        except (OSError, self._obstore.exceptions.BaseError) as error:
            words = " ".join(str(error).split())
            kind = (
                StorageFull if "InsufficientStorage" in words or " 507" in words else StorageFailed
            )
            raise kind(f"{what} ({self._place}): {words[:300]}") from error
