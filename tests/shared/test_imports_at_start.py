"""Nothing looks for garbage while a process imports; it is looked for as ever afterwards."""

import gc

import pytest

from shared.base.importing import importing


@pytest.fixture(autouse=True)
def _thawed():
    """What was frozen is so for the rest of the tests too: as before, nothing of theirs."""
    yield
    gc.enable()


def test_no_garbage_is_looked_for_and_what_was_imported_stays() -> None:
    frozen = gc.get_freeze_count()
    with importing():
        assert not gc.isenabled()
        kept: list[list[int]] = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(kept)


def test_it_is_looked_for_again_also_where_an_import_fails() -> None:
    with pytest.raises(ImportError), importing():
        raise ImportError("no such module")
    assert gc.isenabled()
