"""Marks: by key, in the list's order, and never on what is not shown."""

from __future__ import annotations

from app.ui.orders.marks import Marks


class Rows:
    """A list of lineages."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.ended: set[str] = set()
        self.marks = Marks(
            lambda key: self.keys.index(key) if key in self.keys else None,
            has_ended=lambda key: key in self.ended,
        )
        self.changes = 0
        self.marks.changed.connect(self._changed)

    def _changed(self) -> None:
        self.changes += 1


def test_what_is_chosen_is_marked_and_no_other_order() -> None:
    rows = Rows("a", "b", "c")
    rows.marks.toggle("c")
    assert rows.marks.listed() == ["c"]
    rows.marks.toggle("a")
    assert rows.marks.listed() == ["a", "c"]
    rows.marks.toggle("a")
    assert rows.marks.listed() == ["c"]
    assert rows.marks.are_of("c")
    assert not rows.marks.are_of("a")


def test_a_range_is_marked_both_ways_from_where_it_began() -> None:
    rows = Rows("a", "b", "c", "d")
    rows.marks.mark_range("d", "b", rows.keys)
    assert rows.marks.listed() == ["b", "c", "d"]
    rows.marks.mark_range("a", "d", rows.keys)
    assert rows.marks.listed() == ["a", "b"]
    rows.keys = ["c", "d"]
    rows.marks.mark_range("d", "c", rows.keys)
    assert rows.marks.listed() == ["c", "d"], "where it began is gone: it begins at the current order"


def test_what_is_not_shown_any_more_is_not_marked_any_more() -> None:
    rows = Rows("a", "b")
    rows.marks.mark_all(rows.keys)
    rows.keys = ["b"]
    assert rows.marks.listed() == ["b"]
    rows.marks.prune()
    rows.keys = ["a", "b"]
    assert rows.marks.listed() == ["b"], "coming back brings no mark back"
    assert rows.changes == 2
    rows.marks.prune()
    assert rows.changes == 2, "nothing changed"
    rows.marks.clear()
    assert len(rows.marks) == 0


def test_an_order_that_has_ended_is_marked_by_nothing() -> None:
    rows = Rows("a", "b", "c")
    rows.ended = {"b"}
    rows.marks.mark_all(rows.keys)
    assert rows.marks.listed() == ["a", "c"]
    rows.marks.mark_range("c", "b", rows.keys)
    assert rows.marks.listed() == ["c"]
    rows.marks.toggle("b")
    assert rows.marks.listed() == ["c"]
    rows.marks.clear()
    rows.marks.toggle("a")
    assert rows.marks.listed() == ["a"]
    rows.ended = {"a", "b"}
    assert rows.marks.listed() == ["a"], "what ends stays marked until somebody looks"
    assert rows.marks.all_ended
    rows.marks.leave_ended()
    assert len(rows.marks) == 0
    assert not rows.marks.all_ended, "nothing is marked"
