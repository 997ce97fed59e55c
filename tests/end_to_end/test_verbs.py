"""Each venue's amendment by the headless verbs: preview, exact request, outcome, exit code; and the refusals."""

from __future__ import annotations

import json
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.venues.registry import PACKAGES
from tests.end_to_end.conftest import Done, Practice


def stages(done: Done) -> list[str]:
    return [rung["stage"] for rung in done.json["ladder"]]


def editable(practice: Practice, order: str) -> dict[str, bool]:
    form = practice.run("form", order, "--json")
    assert form.code == 0, form.err
    for field in form.json["fields"]:
        if not field["editable"]:
            assert field["reason"], field
            assert field["rule"]["document"], field
            assert field["rule"]["confidence"], field
    return {field["field"]: field["editable"] for field in form.json["fields"]}


def test_every_venue_lists_its_orders_with_exact_numbers(shared: Practice) -> None:
    done = shared.run("orders", "--json")
    assert (done.code, done.json["errors"]) == (0, [])
    venues = {row["venue"] for row in done.json["orders"]}
    assert venues == set(PACKAGES)
    assert 5 * len(venues) <= len(done.json["orders"]) <= 8 * len(venues)
    for row in done.json["orders"]:
        for name in ("quantity", "filled", "remaining"):
            assert isinstance(row[name], str)
            assert Decimal(row[name]) >= 0
    assert f"open orders on {len(PACKAGES)} accounts" in shared.run("orders").out


def test_a_wish_is_the_number_it_comes_to_and_says_how(shared: Practice) -> None:
    order = "qlbga6b600n3xta7"
    (price,) = [row["price"] for row in shared.run("orders", "--json").json["orders"] if row["order"] == order]
    steps = shared.run("preview", order, "price=-3t", "--json")
    asked = Decimal(price) - 3 * Decimal("0.01")
    assert (steps.code, json.loads(steps.json["request"]["body"])["price"]) == (0, str(asked))
    assert f": “-3t” is {asked.normalize():f} (" in steps.err
    market = shared.run("preview", order, "price=join", "quantity=half", "--json")
    assert market.code == 0, market.err
    assert "“join” is" in market.err
    assert "(bid " in market.err
    refused = shared.run("amend", order, "price=+2", "--no-journal")
    assert (refused.code, "write +2t for steps" in refused.err) == (2, True)


def test_bitso_worked_buy_to_the_digit(practice: Practice) -> None:
    order = "qlbga6b600n3xta7"
    assert editable(practice, order) == {
        "price": True,
        "when_repriced": True,
        "quantity": True,
        "value": True,
        "stop": False,
        "on_failure": True,
    }
    preview = practice.run("preview", order, "price=120000", "when_repriced=keep_spend", "--json")
    assert preview.code == 0
    assert preview.json["request"]["head"] == f"PATCH /api/v4/orders/{order}"
    assert preview.json["request"]["body"] == '{"price":"120000"}'
    assert Decimal(preview.json["consequence"]["balance"]["delta"]) == 0
    amount = next(line for line in preview.json["consequence"]["lines"] if line["label"] == "Amount")
    assert amount["after"] == "0.83333333"
    done = practice.run("amend", order, "price=120000", "when_repriced=keep_spend", "--json")
    assert (done.code, done.json["stage"], done.json["order"]["quantity"]) == (0, "confirmed", "0.83333333")
    assert done.json["order"]["value"] == "100000.00000000"
    told = practice.run("preview", order, "price=125000")
    assert "\\n" not in told.out, "every line is a line"
    assert len(told.out.splitlines()) > 5
    preview = practice.run("preview", order, "price=130000", "major=1", "--json")
    balance = preview.json["consequence"]["balance"]
    assert Decimal(balance["delta"]) == 30000
    assert Decimal(balance["available"]["after"]) == Decimal(balance["available"]["before"]) - 30000
    done = practice.run("amend", order, "price=130000", "major=1", "--json")
    assert (done.code, done.json["order"]["value"]) == (0, "130000.00000000")
    assert stages(done) == ["draft", "checked", "written", "acknowledged", "confirmed"]


def test_bitso_worked_sell_unlocks_to_the_digit(practice: Practice) -> None:
    order = practice.order(venue="bitso", symbol="btc_usdt", side="sell", quantity="1.00000000")
    assert practice.run("amend", order, "price=120000").code == 0
    preview = practice.run("preview", order, "price=130000", "value=100000", "--json").json
    assert Decimal(preview["consequence"]["balance"]["delta"]) == Decimal("-0.23076923")
    assert Decimal(preview["consequence"]["balance"]["locked"]["after"]) == Decimal("0.76923077")
    done = practice.run("amend", order, "price=130000", "value=100000", "--json")
    assert (done.code, done.json["order"]["quantity"]) == (0, "0.76923077")


def test_bitso_stop_only_while_untriggered(practice: Practice) -> None:
    rows = practice.run("orders", "--json").json["orders"]
    waiting = next(row for row in rows if row["venue"] == "bitso" and row["status"] == "untriggered")
    fired = next(row for row in rows if row["venue"] == "bitso" and row["stop"] and row["triggered"])
    assert practice.run("amend", waiting["order"], "stop=61000").code == 0
    assert editable(practice, fired["order"])["stop"] is False
    refused = practice.run("amend", fired["order"], "stop=61000")
    assert refused.code == 2
    assert "triggered" in refused.err


def test_qfex_follows_the_new_id_twice(practice: Practice) -> None:
    first = practice.order(venue="qfex", symbol="AAPL-USD", side="buy", price="200.00")
    done = practice.run("amend", first, "price=200.40", "take_profit=210", "stop_loss=190", "--json")
    assert (done.code, done.json["stage"]) == (0, "confirmed")
    second = done.json["order_after"]
    assert second != first
    again = practice.run("amend", second, "quantity=3", "--json")
    assert (again.code, again.json["order"]["take_profit"]) == (0, "210")
    assert again.json["order_after"] not in (first, second)
    # Only the journal remembers ids an order had before.
    gone = practice.run("amend", first, "price=201", "--no-journal")
    assert gone.code == 2
    assert "No open order" in gone.err


def test_qfex_locks_partly_filled_orders_and_states_the_conflict(shared: Practice) -> None:
    order = shared.order(venue="qfex", symbol="AAPL-USD", side="sell")
    assert not any(editable(shared, order).values())
    form = shared.run("form", order, "--json").json
    assert "partly filled" in form["locked"]
    assert form["rule"]["conflict"]
    refused = shared.run("amend", order, "price=208")
    assert refused.code == 2
    assert "partly filled" in refused.err


def first_of(practice: Practice, venue: str, wanted: dict[str, Any]) -> dict[str, Any]:
    rows = practice.run("orders", "--json").json["orders"]
    return next(
        row for row in rows if row["venue"] == venue and all(row[name] == value for name, value in wanted.items())
    )


def test_alphapoint_reduces_and_replaces_only_on_request(practice: Practice) -> None:
    row = first_of(practice, "alphapoint", {"status": "working", "type": "limit", "filled": "0"})
    target = Decimal(row["remaining"]) / 2
    done = practice.run("amend", row["order"], f"quantity={target:f}", "--json")
    assert (done.code, done.json["stage"], done.json["route"]) == (0, "confirmed", "reduce"), done.out
    assert Decimal(done.json["order"]["remaining"]) == target
    assert done.json["order_after"] == row["order"]
    price = Decimal(row["price"]) * (Decimal("0.99") if row["side"] == "buy" else Decimal("1.01"))
    price = price.quantize(Decimal(1))
    refused = practice.run("amend", row["order"], f"price={price}")
    assert refused.code == 2
    assert "replace" in refused.err
    replaced = practice.run("amend", row["order"], f"price={price}", "--route", "replace", "--confirm", "--json")
    assert (replaced.code, replaced.json["stage"]) == (0, "confirmed"), replaced.out
    assert replaced.json["order_after"] != row["order"]


def test_bitget_sends_both_and_waits_for_the_engine(practice: Practice) -> None:
    row = first_of(practice, "bitget", {"type": "limit", "filled": "0", "market": "spot", "side": "buy"})
    price = (Decimal(row["price"]) - 10).quantize(Decimal("0.01"))
    preview = practice.run("preview", row["order"], f"price={price}", "--json").json
    body = json.loads(preview["request"]["body"])
    assert Decimal(body["qty"]) == Decimal(row["quantity"]), "both are always sent"
    assert Decimal(body["price"]) == price
    assert '"autoCancel":"no"' in preview["request"]["body"]
    done = practice.run("amend", row["order"], f"price={price}", "--json")
    assert (done.code, done.json["stage"]) == (0, "confirmed"), done.out
    assert Decimal(done.json["order"]["price"]) == price
    same = practice.run("amend", row["order"], f"price={price}")
    assert same.code == 2, "identical terms are not sent"


def test_bitget_amends_a_reduce_only_order_by_consent_alone(shared: Practice) -> None:
    """Its documents exclude them from the call for several orders, and are silent on the call for one."""
    rows = [row for row in shared.run("orders", "--json").json["orders"] if row["venue"] == "bitget"]
    order = next(row["order"] for row in rows if row["reduce_only"])
    fields = editable(shared, order)
    assert (fields["price"], fields["take_profit"], fields["stop_loss"]) == (True, False, False)
    asked = shared.run("amend", order, "price=-1t", "--no-journal")
    assert asked.code == 2
    assert "whether it amends one is not documented" in asked.err
    assert "Add --confirm" in asked.err


@pytest.mark.parametrize(
    "change, says",
    [
        ("price=100000.001", "100000"),
        ("price=1,5", "comma"),
        ("price=1e5", "not a number"),
        ("price", "field=value"),
        ("colour=red", "no field"),
        ("price=100000", "change"),
        ("on_failure=maybe", "not a choice"),
        ("on_failure=cancel", "alone"),
        ("quantity=500", "at most"),
    ],
)
def test_bad_input_is_one_sentence_and_sends_nothing(shared: Practice, change: str, says: str) -> None:
    done = shared.run("amend", "qlbga6b600n3xta7", change)
    assert done.code == 2
    assert says in done.err
    assert done.err.startswith("redline: ")
    assert done.err.count("\n") == 1
    assert shared.tell("bitso/requests?operation=amend") == []


def test_refused_by_the_venue_is_exit_3(practice: Practice) -> None:
    practice.tell("bitso/faults", action="refuse", operation="amend", arguments={"code": "0379", "message": "No."})
    done = practice.run("amend", "qlbga6b600n3xta7", "price=101000", "--json")
    assert (done.code, done.json["stage"], done.json["code"]) == (3, "refused", "0379")
    assert done.json["order"]["price"] == "100000"


def test_lost_answer_is_unknown_until_evidence_and_sent_once(practice: Practice) -> None:
    practice.tell("bitso/faults", action="disconnect", operation="amend")
    done = practice.run("amend", "qlbga6b600n3xta7", "price=101000", "--json")
    assert (done.code, done.json["stage"]) == (0, "confirmed"), "the look-up proves it"
    assert "unknown" in stages(done)
    assert len(practice.tell("bitso/requests?operation=amend")) == 1


def test_no_evidence_in_time_is_exit_4(practice: Practice) -> None:
    practice.tell("bitso/faults", action="silent_failure", operation="amend")
    done = practice.run("amend", "qlbga6b600n3xta7", "price=101000", "--wait", "0.5", "--json")
    assert (done.code, done.json["stage"]) == (4, "acknowledged")
    assert done.json["missing"]


def test_refused_login_and_dead_address_name_the_venue(practice: Practice, tmp_path: Path) -> None:
    text = practice.config.read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("practice-bitso-secret", "wrong-bitso-secret"))
    done = practice.run("orders", "--json", config=wrong)
    assert done.code == 4
    assert any("Bitso" in sentence for sentence in done.json["errors"])
    assert {row["venue"] for row in done.json["orders"]} == PACKAGES.keys() - {"bitso"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"ws://127.0.0.1:{free.getsockname()[1]}"
        where = practice.run("orders", "--json").json  # all is well before
        assert where["errors"] == []
        lines = [f'trade_ws = "{dead}"' if line.startswith("trade_ws") else line for line in text.splitlines()]
        wrong.write_text("\n".join(lines))
        done = practice.run("orders", "--json", "--timeout", "6", config=wrong)
    assert done.code == 4
    assert any("QFEX" in sentence for sentence in done.json["errors"])


def test_configuration_mistakes_are_one_sentence(tmp_path: Path, practice: Practice) -> None:
    missing = practice.run("orders", config=tmp_path / "none.toml")
    assert missing.code == 2
    assert "redline practice" in missing.err
    broken = tmp_path / "broken.toml"
    broken.write_text(practice.config.read_text().replace('venue = "bitso"', 'venue = "mtgox"'))
    done = practice.run("orders", config=broken)
    assert done.code == 2
    assert "mtgox" in done.err
    for right, wrong in (("ws = ", "wss = "), ("passphrase = ", "pass_phrase = ")):
        broken.write_text(practice.config.read_text().replace(f"\n{right}", f"\n{wrong}"))
        done = practice.run("orders", config=broken)
        assert done.code == 2
        assert f"“{wrong.removesuffix(' = ')}”; use" in done.err
