"""Headcounts: right after every event, never older than they were, there without Redis too."""

import json

import httpx
import pytest
from sqlalchemy import update

from services.registration.base.refusals import NotFound
from services.registration.day.headcounts import HeadcountBoard, Headcounts, count
from services.registration.desk import Desk
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.feed import LogFeed
from shared.bus.intake import pull
from shared.bus.logged import LogHead
from shared.testing import drain, eventually
from tests.registration.days import someone

NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _day(open_day):
    open_day(1, 5)


@pytest.fixture
def board(redis_url: str, database: Database) -> HeadcountBoard:
    return HeadcountBoard(redis_url, database)


def work(desk: Desk, board: HeadcountBoard) -> None:
    """What intake and worker do."""
    pull(desk.database, "registration", LogFeed(desk.database), service.lanes)
    drain(service, desk.database, Resources(desk, board))


def counts_of(counts: Headcounts, session: str) -> tuple[int, int]:
    item = next(item for item in counts.body["items"] if item["session"] == session)
    return item["registered"], item["waiting"]


def stored(board: HeadcountBoard) -> dict:
    return board.redis.hgetall("emarge:headcounts:day")


def test_every_event_is_counted(desk: Desk, board: HeadcountBoard) -> None:
    first = register(desk, "day", someone(1, "a"))
    register(desk, "day", someone(2, "a", waitlist=True))
    register(desk, "day", someone(3, "b"))
    work(desk, board)
    body = json.loads(stored(board)["body"])
    assert body["as_of"] == 4  # the day was published first
    assert body["conference"] == {"registered": 3, "confirmed": 2, "waiting": 1, "present": 0}
    cancel(desk, first.id)
    work(desk, board)
    counts = board.current("day")
    assert counts.version == 6
    assert counts_of(counts, "a") == (1, 0)
    assert counts_of(counts, "opening") == (2, 0)


def test_older_counts_never_overwrite_newer_ones(desk: Desk, board: HeadcountBoard) -> None:
    register(desk, "day", someone(1, "a"))
    eventlog.page(desk.database, 0)
    with desk.database.read() as connection:
        old = count(connection, "day")
    register(desk, "day", someone(2, "b"))
    work(desk, board)
    board._put("day", old)  # noqa: SLF001  a worker that was frozen after it had counted
    assert counts_of(board.current("day"), "b") == (1, 0)


def test_what_is_counted_already_is_not_counted_again(
    desk: Desk, board: HeadcountBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        register(desk, "day", someone(number, "b"))
    counted = []
    real = board._count  # noqa: SLF001  to see how often

    def counting(slug: str) -> Headcounts:
        counted.append(slug)
        return real(slug)

    monkeypatch.setattr(board, "_count", counting)
    work(desk, board)
    assert counted == ["day"]


def test_counts_of_another_epoch_are_replaced(desk: Desk, board: HeadcountBoard) -> None:
    register(desk, "day", someone(1, "a"))
    work(desk, board)
    with desk.database.begin() as connection:
        eventlog.new_epoch(connection)
        connection.execute(update(LogHead).values(position=0))
    board.recount("day", 1)
    assert stored(board)["version"] == "0"


def test_what_redis_forgot_comes_from_the_database_and_is_kept_again(
    desk: Desk, board: HeadcountBoard
) -> None:
    register(desk, "day", someone(1, "a"))
    work(desk, board)
    board.redis.flushall()
    assert counts_of(board.current("day"), "a") == (1, 0)
    assert stored(board)["version"] == "2"


def test_without_redis_they_come_from_the_database(desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    alone = HeadcountBoard(NO_REDIS, desk.database)
    assert counts_of(alone.current("day"), "a") == (1, 0)
    with pytest.raises(NotFound):
        alone.current("nowhere")


def test_presence_is_for_staff(api: httpx.Client, as_role) -> None:
    public = api.get("/api/conferences/day/headcounts").json()
    staff = api.get("/api/conferences/day/headcounts", headers=as_role("staff")).json()
    assert "present" not in str(public)
    assert staff["conference"]["present"] == 0
    assert staff["items"]
    assert all("present" in item for item in staff["items"])
    wrong = {"Authorization": "Bearer wrong"}
    assert api.get("/api/conferences/day/headcounts", headers=wrong).status_code == 401


class TestStream:
    def read(self, lines) -> dict:
        return json.loads(
            next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")
        )

    def test_at_once_and_at_each_change(
        self, api: httpx.Client, desk: Desk, board: HeadcountBoard
    ) -> None:
        with api.stream("GET", "/api/conferences/day/headcounts/stream") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.iter_lines()
            assert self.read(lines)["conference"]["registered"] == 0
            eventually(lambda: board.redis.pubsub_numsub("emarge.headcounts")[0][1])
            register(desk, "day", someone(1, "a"))
            work(desk, board)
            assert self.read(lines)["conference"]["registered"] == 1

    def test_several_pages_share_one_subscription(
        self, api: httpx.Client, board: HeadcountBoard
    ) -> None:
        path = "/api/conferences/day/headcounts/stream"
        with api.stream("GET", path) as one, api.stream("GET", path) as two:
            pages = [one.iter_lines(), two.iter_lines()]  # held: dropped, each closes its stream
            for lines in pages:
                self.read(lines)
            # Those of tests before this one end a moment after their last page.
            eventually(lambda: board.redis.pubsub_numsub("emarge.headcounts")[0][1] == 1)


class TestStreamWithoutRedis:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"redis_url": NO_REDIS})

    def test_it_looks_at_the_database_instead(self, api: httpx.Client, desk: Desk) -> None:
        with api.stream("GET", "/api/conferences/day/headcounts/stream") as answer:
            lines = answer.iter_lines()
            assert TestStream().read(lines)["conference"]["registered"] == 0
            register(desk, "day", someone(1, "a"))
            assert TestStream().read(lines)["conference"]["registered"] == 1
