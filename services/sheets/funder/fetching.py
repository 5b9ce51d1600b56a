"""Fetching documents from the service that keeps them, by the paths that its events told of."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

import httpx

from shared.base.errors import EmargeError

PATIENCE = 5.0  # seconds for an answer, or for more of one
MOST_BYTES = 16 * 1024 * 1024

# Why there is no document: revoked, it counts no more; replaced, its new link was not told of yet;
# closed, its link opens nothing; unlike, what came is no PDF of a size that one has.
Why = Literal["revoked", "replaced", "closed", "unlike"]
_ANSWERS: Mapping[int, Why] = {
    HTTPStatus.SEE_OTHER: "revoked",
    HTTPStatus.GONE: "replaced",
    HTTPStatus.NOT_FOUND: "closed",
}


class Unreachable(EmargeError):
    """It cannot be had now; it may be later."""


class Fetching:
    """`origins`: where each service answers inside, by the name in its events. Asked there and
    nowhere else, whatever address an event has."""

    def __init__(self, origins: Mapping[str, str]) -> None:
        self._origins = origins
        self._client = httpx.Client(timeout=PATIENCE, trust_env=False)

    def fetch(self, source: str, path: str) -> bytes | Why:
        """The PDF. Raises Unreachable."""
        origin = self._origins.get(source)
        if origin is None:
            raise Unreachable(f"EMARGE_FEEDS does not say where {source} is")
        try:
            with self._client.stream("GET", origin + path) as answer:
                if why := _ANSWERS.get(answer.status_code):
                    return why
                if answer.status_code != HTTPStatus.OK:
                    raise Unreachable(f"{source} answered {answer.status_code}")
                return _pdf(answer)
        except httpx.HTTPError as error:
            raise Unreachable(f"{source}: {type(error).__name__}") from None

    def close(self) -> None:
        self._client.close()


def _pdf(answer: httpx.Response) -> bytes | Why:
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            return "unlike"
    return bytes(content) if content.startswith(b"%PDF") else "unlike"
