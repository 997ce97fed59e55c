"""The index of a journal: made in pieces or at once it says the same, and it is made anew whenever it must be."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk.finding import index as module
from app.desk.finding.index import Index, index_of
from app.desk.finding.query import read
from app.desk.finding.searching import Found, search
from app.desk.journal.chain import Row
from app.desk.journal.files import remove, segments
from app.desk.journal.reading import rows
from app.desk.journal.replay import Folded
from app.desk.journal.writer import Journal
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from tests.helpers.toy_venue import T0, amendment, order

MINUTE = 60_000_000_000


def nobody(row: Row) -> None:
    """Take no note."""


def recorded(path: Path, *events: object) -> Path:
    journal = Journal(path)
    journal.checkpoint(Folded())
    for event in events:
        journal.append(event)
    journal.close()
    return path


def indexed(path: Path, at_row: Callable[[Row], None] = nobody) -> Index:
    index = Index(index_of(path))
    files = segments(path)
    assert index.update(files, [each.name for each in files], at_row) == []
    return index


def asked(index: Index, text: str, most: int = 20) -> list[Found]:
    return list(search(index, read(text, UTC), most).found)


def ids(index: Index, text: str) -> list[tuple[str, ...]]:
    return [each.ids for each in asked(index, text)]


def seen(order_id: str, minute: int = 0, replaces: str = "", **changes: object) -> ev.OrderSeen:
    return ev.OrderSeen("toy", T0 + minute * MINUTE, order(order_id, **changes), Source.PUSH, replaces=replaces)


def test_an_order_is_found_by_any_id_it_had_and_by_a_part_of_one(tmp_path: Path) -> None:
    first = amendment(order("old-7788"))
    path = recorded(
        tmp_path / "journal.db",
        seen("old-7788", client_id="My/Client 1"),
        ev.AmendmentRequested("toy", T0 + MINUTE, first),
        ev.AmendmentAcknowledged("toy", T0 + MINUTE, first.amendment_id, "new-9900"),
        seen("new-9900", 2, price=Decimal("101.50")),
        seen("other-1", 2),
    )
    index = indexed(path)
    both = ("old-7788", "new-9900")
    for text in ("old-7788", "7788", "old", "OLD", "d-77", "9900", "new-9900", "my/client 1", "client", "toy/new-9900"):
        assert ids(index, text)[:1] == [both], text
    assert ids(index, first.amendment_id)[:1] == [both]
    assert ids(index, "101.5") == [both]
    (found,) = asked(index, "9900")
    assert (found.price, found.state, found.left, found.is_over) == ("101.5", "working", "2", False)
    assert (found.first.seq, found.last.seq) == (2, 5)
    assert ids(index, "nothing") == []
    assert ids(index, "88") == [both], "too short for the index of parts"


def test_the_better_a_word_fits_the_sooner_it_is_told(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal.db", *(seen(each) for each in ("abc", "xabcx", "abcx", "xabc")))
    assert [each.ids[0] for each in asked(indexed(path), "abc")] == ["abc", "xabc", "abcx", "xabcx"]


def test_words_narrow_and_columns_are_words(tmp_path: Path) -> None:
    path = recorded(
        tmp_path / "journal.db",
        seen("o1", 0),
        seen("o2", 1, symbol="XY", status=OrderStatus.CANCELLED),
        seen("o3", 2, symbol="XY"),
    )
    index = indexed(path)
    assert ids(index, "xy") == [("o3",), ("o2",)], "the newest first"
    assert ids(index, "xy cancelled") == [("o2",)]
    assert ids(index, "open buy") == [("o3",), ("o1",)]
    assert ids(index, "toy") == [("o3",), ("o2",), ("o1",)]
    assert ids(index, "xy 100 o3") == [("o3",)]
    assert ids(index, "ended sell") == []


def test_an_order_is_found_by_the_minute_in_which_something_new_was_told(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal.db", seen("o1", 0), seen("o1", 5), seen("o1", 9, price=Decimal(102)))
    index = indexed(path)
    hour, minute = divmod(T0 // MINUTE % 1_440, 60)
    (found,) = asked(index, f"{hour:02}:{minute:02}")
    assert found.matches[0].place.seq == 2
    later = (T0 // MINUTE + 9) % 1_440
    assert asked(index, f"{later // 60:02}:{later % 60:02}")[0].matches[0].place.seq == 4
    unchanged = (T0 // MINUTE + 5) % 1_440
    assert asked(index, f"{unchanged // 60:02}:{unchanged % 60:02}") == []


def test_what_was_pasted_leads_to_each_order_in_it(tmp_path: Path) -> None:
    index = indexed(recorded(tmp_path / "journal.db", seen("o-one"), seen("o-two"), seen("o-three")))
    assert ids(index, '{"ids":["o-one","o-two"],"x":"o-thre"}') == [("o-one",), ("o-two",)]


def test_a_part_that_sql_would_take_for_a_pattern_is_text(tmp_path: Path) -> None:
    index = indexed(recorded(tmp_path / "journal.db", seen('a%_b"c'), seen("axxbxc"), seen("é-ünï-1")))
    assert ids(index, "%_b") == [('a%_b"c',)]
    assert ids(index, "ünï") == [("é-ünï-1",)]


def test_what_is_new_is_taken_in_and_nothing_twice(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal.db", seen("o1"))
    taken: list[int] = []
    indexed(path, lambda row: taken.append(row.seq)).close()
    indexed(path, lambda row: taken.append(row.seq)).close()
    journal = Journal(path)
    journal.append(seen("o2", 1))
    journal.close()
    index = indexed(path, lambda row: taken.append(row.seq))
    assert taken == [1, 2, 3]
    assert ids(index, "toy") == [("o2",), ("o1",)]
    assert stat.S_IMODE(index_of(path).stat().st_mode) == 0o600


def test_interrupted_it_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    path = recorded(tmp_path / "journal.db", *(seen(f"o{number}") for number in range(9)))
    seqs: list[int] = []

    def stop(row: Row) -> None:
        seqs.append(row.seq)
        if row.seq == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexed(path, stop)
    index = indexed(path, lambda row: seqs.append(row.seq))
    assert seqs == [1, 2, 3, 4, 5, 6, 5, 6, 7, 8, 9, 10]
    assert len(asked(index, "toy")) == 9


@pytest.mark.parametrize("spoil", ["other", "damaged", "foreign", "version"])
def test_one_that_does_not_fit_is_made_anew(tmp_path: Path, spoil: str) -> None:
    path = recorded(tmp_path / "journal.db", seen("o1"))
    indexed(path).close()
    if spoil == "other":
        remove(path)
        recorded(path, seen("o2"), seen("o3"))
    elif spoil == "damaged":
        index_of(path).write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    else:
        db = sqlite3.connect(index_of(path))
        db.execute("PRAGMA user_version = 99" if spoil == "version" else "PRAGMA application_id = 7")
        db.close()
    index = indexed(path)
    assert ids(index, "toy") == ([("o2",), ("o3",)] if spoil == "other" else [("o1",)])


def test_without_the_index_of_parts_all_ids_are_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PARTS", "CREATE VIRTUAL TABLE part USING nothing_like_it(text)")
    index = indexed(recorded(tmp_path / "journal.db", seen("old-7788"), seen("é-Ünï-1")))
    assert not index.has_parts
    assert ids(index, "D-77") == [("old-7788",)]
    assert ids(index, "-1") == [("é-Ünï-1",)]


def test_two_orders_that_turn_out_to_be_one_are_told_as_one(tmp_path: Path) -> None:
    index = indexed(recorded(tmp_path / "journal.db", seen("o1"), seen("o2", 1), seen("o2", 2, replaces="o1")))
    assert ids(index, "toy") == [("o1", "o2")]


_ID = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=3, max_size=24)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(_ID, min_size=1, max_size=6, unique_by=str.lower), data=st.data())
def test_whatever_stands_in_an_id_finds_its_order(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject
) -> None:
    path = recorded(tmp_path_factory.mktemp("j") / "journal.db", *(seen(each) for each in names))
    pieces = tmp_path_factory.mktemp("p") / "pieces.find"
    whole = indexed(path)
    name = data.draw(st.sampled_from(names))
    first = data.draw(st.integers(0, len(name) - 3))
    part = name[first : data.draw(st.integers(first + 3, len(name)))]
    assert name in {text for text, *_ in _ids_with(whole, part)}
    in_pieces = Index(pieces)
    for last in range(1, len(names) + 2):
        _up_to(in_pieces, path, last)
    every = "SELECT account, state, price, first_seq, last_seq FROM known ORDER BY first_seq"
    assert in_pieces.ask(every) == whole.ask(every)
    whole.close()
    in_pieces.close()


def _ids_with(index: Index, text: str) -> list[tuple[str, str, int, int, int]]:
    from app.desk.finding.searching import _Search

    return _Search(index, read("x", UTC), None, 0)._ids_with(text)


def rows_at(file: Path, seq: int) -> Row:
    return next(rows(file, first=seq, last=seq))


def _up_to(index: Index, path: Path, last: int) -> None:
    """Take in so many rows, as if the journal had no more yet."""
    real = module.ends
    with pytest.MonkeyPatch.context() as patch:

        def so_far(file: Path) -> tuple[Row | None, Row | None]:
            first, end = real(file)
            return first, None if end is None else rows_at(file, min(last, end.seq))

        patch.setattr(module, "ends", so_far)
        index.update([path], [path.name], nobody)
