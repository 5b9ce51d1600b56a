"""A receiver of webhooks: a real HTTP server of the test's own, which behaves as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONG = 60.0  # seconds for which something hangs, unless the test is over before


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """`answer` is what each request gets: a status, or a function that writes all of it itself.
    `over` is set when the test is."""

    url: str = ""
    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.requests]

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """Say nothing."""
        self.over.wait(LONG)

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Begin to answer, a byte now and then."""
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
            if self.over.wait(0.05):
                return
            try:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
            except OSError:
                return

    def flood(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer with a body that does not end."""
        handler.send_response(200)
        handler.end_headers()
        try:
            while not self.over.is_set():
                handler.wfile.write(b"a" * 65536)
        except OSError:
            return


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Until the end of the block; then nobody listens there."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(self.path, headers, body, time.time()))
            if callable(receiver.answer):
                receiver.answer(self)
                return
            self.send_response(receiver.answer)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
