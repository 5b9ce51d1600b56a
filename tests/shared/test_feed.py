"""A feed over HTTP: what is asked of a publisher, and what becomes of its answers."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.base.database import Database
from shared.base.errors import FeedUnreachable
from shared.bus import eventlog, feed
from shared.bus.feed import HttpFeed, LogFeed
from tests.shared.conftest import TOKEN

PAGE = '{"epoch":"é","head":0,"events":[]}'


class Publisher:
    """Answers with a page, or as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.connections = 0
        self.status = 200
        self.body = PAGE.encode()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                publisher.connections += 1
                super().setup()

            def do_GET(self) -> None:
                publisher.asked.append((self.path, self.headers["Authorization"]))
                self.send_response(publisher.status)
                self.send_header("Content-Length", str(len(publisher.body)))
                self.end_headers()
                self.wfile.write(publisher.body)

            def log_message(self, *_: object) -> None:
                """A test says what it found."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    started = Publisher()
    thread = threading.Thread(target=started.server.serve_forever, args=(0.01,))
    thread.start()
    yield started
    started.server.shutdown()
    started.server.server_close()
    thread.join()


def test_a_page_is_asked_for_with_the_token(publisher: Publisher) -> None:
    reader = HttpFeed(f"{publisher.url}/registration", TOKEN)
    assert reader.page(12, 500) == PAGE
    assert publisher.asked == [("/registration/events?after=12&limit=500", f"Bearer {TOKEN}")]
    reader.close()


def test_one_connection_is_used_again_but_not_after_a_pause(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server closes what is idle, and the request that meets it would be lost."""
    reader = HttpFeed(publisher.url, TOKEN)
    seconds = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: seconds)
    for _ in range(3):
        reader.page(0, 1)
        seconds += feed.KEPT
    assert publisher.connections == 1
    seconds += 0.1
    reader.page(0, 1)
    assert publisher.connections == 2
    reader.close()


def test_whoever_sends_it_elsewhere_is_not_followed(publisher: Publisher) -> None:
    reader = HttpFeed(publisher.url, TOKEN)
    publisher.status = 307
    with pytest.raises(FeedUnreachable, match="it answered 307"):
        reader.page(0, 1)
    reader.close()


def test_another_answer_is_no_page(publisher: Publisher) -> None:
    reader = HttpFeed(publisher.url, TOKEN)
    publisher.status = 401
    with pytest.raises(FeedUnreachable, match="it answered 401 Unauthorized"):
        reader.page(0, 1)
    publisher.status = 200
    assert reader.page(0, 1) == PAGE
    assert publisher.connections == 1
    reader.close()


def test_what_is_no_text_is_a_page_to_refuse_not_an_error(publisher: Publisher) -> None:
    publisher.body = b"\xff"
    reader = HttpFeed(publisher.url, TOKEN)
    assert reader.page(0, 1) == "\N{REPLACEMENT CHARACTER}"
    reader.close()


def test_nobody_there_is_told_and_it_comes_back(publisher: Publisher) -> None:
    reader = HttpFeed(publisher.url, TOKEN)
    port = reader._connection.port  # noqa: SLF001  there is no other way to leave it
    reader._connection.port = 1  # noqa: SLF001  where nobody listens
    with pytest.raises(FeedUnreachable, match="ConnectionRefusedError"):
        reader.page(0, 1)
    reader._connection.port = port  # noqa: SLF001  there is no other way to give it back
    assert reader.page(0, 1) == PAGE
    reader.close()


def test_a_publisher_that_hangs_is_left(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PATIENCE", 0.1)
    publisher.body = b""  # and a length that it never sends
    publisher.server.RequestHandlerClass.do_GET = lambda handler: handler.rfile.read(1)  # type: ignore[attr-defined]  # the handler of this very server
    reader = HttpFeed(publisher.url, TOKEN)
    with pytest.raises(FeedUnreachable, match="TimeoutError"):
        reader.page(0, 1)


def test_over_tls_where_the_address_says_so(publisher: Publisher) -> None:
    reader = HttpFeed(publisher.url.replace("http:", "https:"), TOKEN)
    with pytest.raises(FeedUnreachable, match="SSL"):
        reader.page(0, 1)


def test_a_log_of_one_s_own_is_read_straight(database: Database) -> None:
    assert LogFeed(database).page(0, 10) == eventlog.page(database, 0, 10).json()
