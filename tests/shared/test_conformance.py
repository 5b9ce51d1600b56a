"""One suite for the doubles and the real things: what a queue and a feed promise to the spine."""

import http.server
import json
import shutil
import threading
from collections.abc import Callable, Iterator

import kombu.pools
import pytest
from pydantic import SecretStr

from deploy.local.rabbitmq import PrivateRabbit
from shared.base.database import Database
from shared.base.errors import FeedUnreachable
from shared.base.redis_url import connect
from shared.base.settings import Settings
from shared.bus import feed as feeds
from shared.bus.dispatch import Hint, Queue
from shared.bus.eventlog import EventLog, new_epoch
from shared.bus.feed import Feed, HttpFeed, LogFeed
from shared.http.application import create_app
from shared.process.queue import CeleryQueue, celery_app
from shared.testing import MemoryQueue, eventually
from tests.shared.conftest import TOKEN
from tests.shared.sample import ThingHappened
from tests.system.serving import serving

HINTS = [Hint(number, "thing.happened") for number in range(1, 1201)]


@pytest.fixture(scope="session")
def rabbit_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if shutil.which("rabbitmq-server") is None:
        pytest.skip("rabbitmq-server is not installed")
    with PrivateRabbit(tmp_path_factory.mktemp("rabbit")) as rabbit:
        yield rabbit.url


Forget = Callable[[], object]


@pytest.fixture(params=["memory", "redis", "rabbitmq"])
def queue_and_loss(request: pytest.FixtureRequest) -> Iterator[tuple[Queue, Forget]]:
    """A queue, and how to make it forget everything."""
    if request.param == "memory":
        memory = MemoryQueue()
        yield memory, memory.forget
        return
    url = request.getfixturevalue("redis_url" if request.param == "redis" else "rabbit_url")
    app = celery_app(Settings(service="sample", broker_url=url, service_token=TOKEN))

    def flush() -> None:
        with connect(url) as client:
            client.flushall()

    def delete() -> None:
        with app.connection_for_write() as connection:
            for name in ("sample", "sample.bulk"):
                connection.default_channel.queue_delete(name)

    forget = flush if request.param == "redis" else delete
    forget()
    yield CeleryQueue(app, "sample"), forget
    kombu.pools.reset()


class TestQueue:
    @pytest.fixture
    def queue(self, queue_and_loss: tuple[Queue, Forget]) -> Queue:
        return queue_and_loss[0]

    def test_nothing_sent_is_nothing_there(self, queue: Queue) -> None:
        queue.send("main", [])
        assert queue.length("main") == 0

    def test_what_was_sent_is_counted_by_lane(self, queue: Queue) -> None:
        queue.send("main", HINTS)
        queue.send("bulk", HINTS[:3])
        eventually(lambda: queue.length("main") == len(HINTS))
        eventually(lambda: queue.length("bulk") == 3)

    def test_it_may_forget_and_is_then_empty_and_usable(
        self, queue_and_loss: tuple[Queue, Forget]
    ) -> None:
        queue, forget = queue_and_loss
        queue.send("main", HINTS[:5])
        eventually(lambda: queue.length("main") == 5)
        forget()
        eventually(lambda: queue.length("main") == 0)
        queue.send("main", HINTS[:2])
        eventually(lambda: queue.length("main") == 2)


@pytest.fixture(params=["log", "http"])
def feed(request: pytest.FixtureRequest, publisher: Database) -> Iterator[Feed]:
    if request.param == "log":
        yield LogFeed(publisher)
        return
    settings = Settings(service="registration", service_token=(SecretStr(TOKEN),))
    app = create_app(settings, publisher, title="Publisher", publishes=True)
    with serving(app) as client:
        http = HttpFeed(str(client.base_url), TOKEN)
        yield http
        http.close()


class TestFeed:
    def append(self, publisher: Database, *names: str) -> None:
        log = EventLog("registration")
        with publisher.begin() as connection:
            for name in names:
                log.append(connection, ThingHappened(name=name), subject="r-1")

    def test_an_empty_log_is_an_empty_page_that_names_its_epoch(self, feed: Feed) -> None:
        page = json.loads(feed.page(0, 10))
        assert page["events"] == []
        assert page["head"] == 0
        assert len(page["epoch"]) == 36

    def test_pages_are_dense_and_in_order(self, feed: Feed, publisher: Database) -> None:
        self.append(publisher, "a", "b", "c")
        first = json.loads(feed.page(0, 2))
        rest = json.loads(feed.page(2, 2))
        assert [event["position"] for event in first["events"] + rest["events"]] == [1, 2, 3]
        assert [event["data"]["name"] for event in rest["events"]] == ["c"]
        assert first["head"] == rest["head"] == 3

    def test_names_of_any_script_arrive_as_they_are(self, feed: Feed, publisher: Database) -> None:
        self.append(publisher, 'Zoé 李 אבי 🎟 \\ " \x1f')
        (event,) = json.loads(feed.page(0, 10))["events"]
        assert event["data"]["name"] == 'Zoé 李 אבי 🎟 \\ " \x1f'

    def test_behind_the_end_there_is_nothing(self, feed: Feed, publisher: Database) -> None:
        self.append(publisher, "a")
        assert json.loads(feed.page(5, 10)) | {"epoch": ""} == {
            "epoch": "",
            "head": 1,
            "events": [],
        }

    def test_another_log_has_another_epoch(self, feed: Feed, publisher: Database) -> None:
        before = json.loads(feed.page(0, 1))["epoch"]
        with publisher.begin() as connection:
            new_epoch(connection)
        assert json.loads(feed.page(0, 1))["epoch"] != before


class TestHttpFeed:
    """What only the real one can do: fail."""

    def test_a_publisher_that_is_not_there(self) -> None:
        with pytest.raises(FeedUnreachable):
            HttpFeed("http://127.0.0.1:1", TOKEN).page(0, 1)

    def test_a_connection_that_may_be_closed_by_now_is_not_used(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Closing(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
                self.close_connection = True  # unsaid, as after a time without requests

        monkeypatch.setattr(feeds, "KEPT", 0.0)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Closing) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            feed = HttpFeed(f"http://127.0.0.1:{server.server_port}", TOKEN)
            assert [feed.page(0, 1), feed.page(0, 1)] == ["{}", "{}"]
            feed.close()
            server.shutdown()

    def test_a_token_that_is_not_accepted(self, publisher: Database) -> None:
        settings = Settings(service="registration", service_token=(SecretStr(TOKEN),))
        app = create_app(settings, publisher, title="Publisher", publishes=True)
        with serving(app) as client:
            feed = HttpFeed(str(client.base_url), "another token")
            with pytest.raises(FeedUnreachable, match="401"):
                feed.page(0, 1)
            feed.close()
