"""Heavy work: one at a time, one more waits, a third is told at once."""

import threading

import pytest

from shared.base.bulkhead import Bulkhead, Busy
from shared.testing import eventually


def test_a_third_is_refused_at_once_and_the_second_has_its_turn() -> None:
    bulkhead = Bulkhead(waiting=1)
    inside: list[str] = []

    def enter(name: str) -> None:
        with bulkhead.entered():
            inside.append(name)

    with bulkhead.entered():
        second = threading.Thread(target=enter, args=["second"])
        second.start()
        eventually(lambda: bulkhead.waiting == 1)
        with pytest.raises(Busy), bulkhead.entered():
            inside.append("third")
        assert inside == []
    second.join()
    assert inside == ["second"]


def test_patience_ends() -> None:
    bulkhead = Bulkhead(waiting=1, patience=0.01)
    with bulkhead.entered(), pytest.raises(Busy), bulkhead.entered():
        pass
    with bulkhead.entered():
        pass
