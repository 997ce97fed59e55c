"""The collector does nothing while the program starts, and everything as before afterwards."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.runtime.unhindered import settle, unhindered


class _Ring:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    assert gc.isenabled()


def test_nothing_is_collected_until_the_block_ends() -> None:
    with unhindered():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_ends_it_as_well() -> None:
    with pytest.raises(ValueError, match="no"), unhindered():
        raise ValueError("no")
    assert gc.isenabled()


def test_settled_what_comes_later_is_collected() -> None:
    with unhindered():
        frozen = gc.get_freeze_count()
        settle()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
        gone = weakref.ref(_Ring())
        gc.collect()
        assert gone() is None
        before = gc.get_freeze_count()
        settle()  # a second try to start freezes nothing
        assert gc.get_freeze_count() <= before
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with unhindered():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
