"""Registration's answers to what other services ask it, on a port of its own: for the tests of a
service that may not import registration."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shared.http.standing import TokenStanding


@dataclass
class Answers:
    """What is answered: the role of every visitor, and what each token is good for. `asked` has the
    questions, newest last; `away`, it answers nothing."""

    url: str = ""
    role: str | None = "organiser"
    tokens: dict[str, TokenStanding] = field(default_factory=dict)
    away: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    def to(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        if "token" not in question:
            return {"role": self.role}
        known = self.tokens.get(question["token"])
        return {"role": None} if known is None else vars(known)


@contextmanager
def answering() -> Iterator[Answers]:
    """Until the end of the block; then registration is away."""
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if answers.away:
                return  # and the connection is closed
            length = int(self.headers["Content-Length"])
            text = json.dumps(answers.to(json.loads(self.rfile.read(length)))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    answers.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
