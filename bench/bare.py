"""`python -m bench.bare PORT`: a server that answers everything with what is on standard input."""

import sys
from typing import Any

import uvicorn

BODY = sys.stdin.buffer.read()
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", str(len(BODY)).encode())],
}


async def answer(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send(START)
        await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(answer, port=int(sys.argv[1]), log_level="warning", access_log=False)
