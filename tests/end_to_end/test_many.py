"""Many orders by the installed program: verdicts before, outcomes afterwards, one exit code for all."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.conftest import Practice

BUYS = ("qlbga6b600n3xta7", "fs2nvqm45n2j1pic")
PERPS = ("1312345660000471877", "1312345650000471913")


def test_one_wish_for_several_orders_comes_to_a_number_on_each(practice: Practice) -> None:
    done = practice.run("amend", *PERPS, BUYS[0], "price=-3t", "--json")
    assert done.code == 0
    rows = done.json["orders"]
    assert [row["exit"] for row in rows] == [0, 0, 0]
    assert [row["asked"] for row in rows] == [
        [{"field": "price", "new": "59099.7"}],
        [{"field": "price", "new": "3412.07"}],
        [{"field": "price", "new": "99999.97"}],
    ]
    assert done.json["summary"] == {"confirmed": 3}
    assert {row["amendment"]["stage"] for row in rows} == {"confirmed"}
    # The two of one category left in one request of Bitget's batch call.
    kinds = [seen["operation"] for seen in practice.tell("bitget/requests")]
    assert (kinds.count("batch_amend"), kinds.count("amend")) == (1, 0)


def test_a_file_of_wishes_and_the_gravest_exit_code(practice: Practice, tmp_path: Path) -> None:
    practice.tell("bitso/faults", action="refuse", operation="amend", arguments={"code": "0379", "message": "No."})
    wishes = tmp_path / "wishes.jsonl"
    rows = [
        {"order": BUYS[0], "price": "100000.5"},
        {"order": PERPS[0], "price": "59000.05"},
        {"order": "6534", "price": "98900.5"},
    ]
    wishes.write_text("\n".join(map(json.dumps, rows)))
    done = practice.run("amend", "--from", str(wishes), "--json")
    assert [(row["ending"], row["exit"]) for row in done.json["orders"]] == [
        ("refused", 3),
        ("not sent", 2),
        ("not sent", 2),
    ]
    assert [row["verdict"] for row in done.json["orders"]] == ["sends", "blocked", "loses its place"]
    assert done.code == 3
    nearest = practice.run("preview", "--from", str(wishes), "--nearest")
    assert nearest.code == 0
    assert "59000.05 is not taken, 59000" in nearest.out


def test_a_cancel_of_several_says_its_scope_and_proves_itself(practice: Practice) -> None:
    asked = practice.run("cancel", "--account", "QFEX practice")
    assert (asked.code, asked.out) == (2, "")
    assert "6 orders of QFEX practice, each by a request of its own; no other order is touched" in asked.err
    done = practice.run("cancel", "--account", "QFEX practice", "--confirm", "--json")
    assert done.code == 0
    assert done.json["summary"] == {"cancelled": 6}
    left = practice.run("orders", "--json").json["orders"]
    assert [row for row in left if row["account"] == "QFEX practice"] == []
    assert len(left) == 24


def test_a_total_leaves_whole_and_is_told_as_proven(practice: Practice) -> None:
    """Of 0.75 at 3350 and 0.5 at 3300 the worse place goes first, and its cancel asks."""
    both = ("6523", "6541", "total=0.5")
    part = practice.run("amend", *both)
    assert (part.code, part.out) == (2, "")
    assert "1 of them asks first, and without it 1 would be left, not 0.5." in part.err
    assert practice.run("preview", *both).out.endswith("\n0.5 would be left of all.\n")
    assert practice.run("preview", *both, "--json").json["left"] == "0.5"
    alone = practice.run("amend", "6541", "total=0.5")
    assert alone.code == 2
    assert "A total is a wish for several orders; name them all." in alone.err
    done = practice.run("amend", *both, "--confirm", "--json")
    assert (done.code, done.json["left"]) == (0, "0.5")
    assert done.json["summary"] == {"confirmed": 1, "cancelled": 1}


def test_every_wrong_name_of_a_file_is_told_with_its_line(practice: Practice, tmp_path: Path) -> None:
    wishes = tmp_path / "wishes.csv"
    names = [f"nobody{number}" for number in range(12)]
    wishes.write_text("\n".join(["order,price", f"{BUYS[0]},1", *(f"{name},1" for name in names)]))
    done = practice.run("amend", "--from", str(wishes))
    assert (done.code, done.out) == (2, "")
    told = done.err.splitlines()
    assert len(told) == 11
    assert told[0].startswith(f"redline: {wishes}, line 3: No open order “nobody0” on any account;")
    assert told[9].startswith(f"redline: {wishes}, line 12: No open order “nobody9”")
    assert told[10] == "redline: 2 more are wrong."
    assert [seen for seen in practice.tell("bitso/requests") if seen["operation"] == "amend"] == []


def test_words_that_name_nothing_end_in_one_sentence(practice: Practice, tmp_path: Path) -> None:
    for words, sentence in (
        (("amend", *BUYS), "No change is given; write ORDER field=value, such as 1234 price=100.5."),
        (("amend", "price=1"), "No order is given; write ORDER field=value, such as 1234 price=100.5."),
        (("amend", BUYS[0], BUYS[0], "price=1"), "is already named"),
        (("amend", BUYS[0], "nothing-there", "price=1"), "No open order “nothing-there”"),
        (("cancel",), "Say what to cancel"),
        (("cancel", "--account", "nobody"), "There is no account “nobody”"),
        (("amend", BUYS[0], "price=1", "--from", str(tmp_path / "x")), "leave out those beside --from"),
    ):
        done = practice.run(*words)
        assert (done.code, done.out) == (2, ""), words
        assert sentence in done.err
        assert done.err.count("\n") == 1
