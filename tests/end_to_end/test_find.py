"""`redline find` as a process, on what `amend` recorded: from a scrap to the order and the moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Done, Practice

BITSO, ALPHAPOINT = "qlbga6b600n3xta7", "6507"


def find(practice: Practice, path: Path, *words: str) -> Done:
    return practice.run("find", "--journal", str(path), *words)


@pytest.fixture
def path(practice: Practice, tmp_path: Path) -> Path:
    """A journal in which one order has another price, and one another id."""
    path = tmp_path / "kept" / "journal.db"
    assert practice.run("amend", BITSO, "price=100500", "--journal", str(path)).code == 0
    changed = practice.run(
        "amend", ALPHAPOINT, "price=95100", "--route", "replace", "--confirm", "--journal", str(path)
    )
    assert changed.code == 0
    return path


def test_a_scrap_leads_to_the_order_and_the_moment(practice: Practice, path: Path) -> None:
    def only(*words: str) -> dict[str, Any]:
        told = find(practice, path, *words, "--json")
        assert told.code == 0
        (order,) = told.json["orders"]
        return dict(order)

    by_end = only(BITSO[-6:])
    assert (by_end["order_ids"], by_end["account"], by_end["price"]) == ([BITSO], "Bitso practice", "100500")
    assert only("btc_usd", "100500.00")["order_ids"] == [BITSO]
    replaced = only(ALPHAPOINT)
    assert replaced["order_ids"][0] == ALPHAPOINT
    assert len(replaced["order_ids"]) == 2
    new = replaced["order_ids"][1]
    assert only(new) == {**replaced, "found_by": only(new)["found_by"]}
    assert only(f"AlphaPoint practice/{new}")["order_ids"] == replaced["order_ids"]
    assert only(f'{{"OrderId":{new},"Price":"95100"}}')["order_ids"] == replaced["order_ids"]
    moment = by_end["last"]["at"]
    assert only(moment[:16], BITSO)["found_by"][-1]["kind"] == "time"
    # The row is one that tells of that order.
    place = only("100500")["found_by"][0]
    told = practice.run("journal", "--journal", str(path), BITSO, "--json")
    assert told.code == 0
    assert place["row"] > by_end["first"]["row"]


def test_what_nobody_has_is_no_order(practice: Practice, path: Path) -> None:
    told = find(practice, path, "nobody-has-this")
    assert (told.code, told.err) == (3, "")
    assert told.out.startswith("No order fits “nobody-has-this”: ")
    again = find(practice, path, "BITSO", "--tz", "Nowhere")
    assert again.code == 2
    assert "“Nowhere” is no zone; write one such as Europe/Madrid" in again.err


def test_a_story_tells_both_venues_ways_with_evidence(practice: Practice, path: Path) -> None:
    told = practice.run("story", ALPHAPOINT, "--journal", str(path), "--json")
    assert (told.code, told.err) == (0, "")
    texts = [line["text"] for line in told.json["lines"]]
    assert any(text.startswith("order id 6507 → ") or "; order id 6507 → " in text for text in texts)
    assert "price 95000 → 95100" in texts
    assert {each["file"] for line in told.json["lines"] for each in line["evidence"]} == {str(path)}
    why = practice.run("why", BITSO, "--journal", str(path))
    assert why.code == 0
    assert "It is working: 1 left at 100500, as " in why.out
