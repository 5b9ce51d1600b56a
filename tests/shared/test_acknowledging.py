"""What a worker does when the broker is lost before a hint can be acknowledged."""

from collections.abc import Iterator

import pytest
from kombu.asynchronous import Hub, get_event_loop, set_event_loop
from structlog.testing import capture_logs

from shared.process.consumer import MeasuredRequest


class Message:
    """A hint whose broker is gone, or not."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.acknowledged = 0

    def ack(self) -> None:
        if self._error:
            raise self._error
        self.acknowledged += 1


@pytest.fixture
def loop() -> Iterator[Hub]:
    before = get_event_loop()
    hub = Hub()
    set_event_loop(hub)
    yield hub
    hub.close()
    set_event_loop(before)


def request(message: Message) -> MeasuredRequest:
    made = MeasuredRequest.__new__(MeasuredRequest)
    attributes = {
        "acknowledged": False,
        "time_start": None,
        "_message": message,
        "_connection_errors": (ConnectionError,),
    }
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def test_a_hint_is_acknowledged_once() -> None:
    message = Message()
    done = request(message)
    done.acknowledge()
    done.acknowledge()
    assert message.acknowledged == 1


@pytest.mark.parametrize("error", [ConnectionError("gone"), BrokenPipeError("gone")])
def test_a_lost_broker_is_raised_in_the_consumers_loop(loop: Hub, error: Exception) -> None:
    """There Celery reconnects; logged alone, it would wait for ever for the hint's room."""
    with capture_logs() as lines:
        request(Message(error)).acknowledge()
    assert [line["event"] for line in lines] == ["hint not acknowledged"]
    with pytest.raises(type(error), match="gone"):
        next(loop.create_loop())
