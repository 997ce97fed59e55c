"""JSON of the verbs: numbers are their own digits, times keep nine digits of a second, absent is null."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.cli import shapes
from app.domain.form import FieldName
from app.domain.plan import Draft, Waiting
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.toy_venue import RULE, T0, amendment, order


@pytest.mark.parametrize(
    "value, shown",
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("1E-8"), "0.00000001"),
        ("keep", "keep"),
        (Decimal("NaN"), "NaN"),
    ],
)
def test_a_number_is_its_own_digits(value: Decimal | str, shown: str) -> None:
    assert shapes.number(value) == shown
    assert shapes.number(None) is None


def test_a_time_keeps_every_nanosecond() -> None:
    assert shapes.when(T0 + 1) == "2023-11-14T22:13:20.000000001Z"
    assert shapes.when(None) is None


def test_a_draft_and_its_request_are_one_document() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    draft = Draft(lineage.order, ((FieldName.PRICE, Decimal("119000.00")),))
    document = shapes.prepared(paper.desk.prepare(lineage.key, draft), lineage, paper.desk.accounts["bitso"])
    assert json.loads(json.dumps(document)) == document
    assert document["order"] == "qlbga6b600n3xta7"
    assert (document["account"], document["environment"]) == ("bitso", "practice")
    assert document["verdict"]["problems"] == []
    assert document["request"]["headers"] == {"Authorization": "••••"}
    assert document["consequence"]["balance"]["currency"] == "usd"
    shape = shapes.order(lineage, "bitso", None, None, "live")
    assert (shape["price"], shape["environment"]) == ("120000.00", "live")
    assert shapes.account(paper.desk.state.accounts["bitso"], "demo")["balances"][0]["locked"] == "100000.00"


def test_an_amendment_names_old_new_and_every_rung() -> None:
    document = shapes.amendment(amendment(order(), "101"))
    assert document["asked"] == [{"field": "price", "old": "100", "new": "101"}]
    assert [rung["stage"] for rung in document["ladder"]] == ["draft"]
    assert document["order_after"] == document["order_before"] == "o1"
    assert document["code"] is None
    assert document["behind"] == []


def test_an_amendment_in_line_names_those_before_it() -> None:
    """Its old value is what they asked for: no venue may ever have shown that."""
    first = amendment(order(), "101")
    waiting = Waiting(order(), ("A1",), (first.command.target,))
    second = amendment(waiting.expected, "102", 2)
    document = shapes.amendment(replace(second, command=replace(second.command, behind=waiting)))
    assert document["behind"] == ["A1"]
    assert document["asked"] == [{"field": "price", "old": "101", "new": "102"}]


def test_a_rule_carries_its_source() -> None:
    document = shapes.rule(RULE)
    assert document is not None
    assert (document["statement"], document["confidence"]) == ("A toy.", "documented")
    assert shapes.rule(None) is None


def test_a_change_nobody_here_made_is_in_the_document() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    lineage = paper.desk.state.lineages[key]
    assert shapes.order(lineage, "bitso", None, None, "practice")["changed_elsewhere"] is None
    paper.change(key, price=Decimal("121000.00"))
    told = shapes.order(lineage, "bitso", None, None, "practice")["changed_elsewhere"]
    assert told == "price 120000 → 121000, not by this ticket"
