"""Judgements of Bitso's orders: what was sent must come back, and only the client id names a successor."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.evidence import Finding
from app.domain.order import Side
from app.venues.bitso.rules.judge import claims, judge
from tests.venues.bitso.samples import command, order, plan

D = Decimal


def test_what_was_sent_must_come_back_exactly() -> None:
    base = order(Side.SELL)
    asked = command(base, plan(base, price="100010"))
    assert judge(asked, order(Side.SELL, price=D(100010), value=D(100010))).finding is Finding.APPLIED
    assert judge(asked, order(Side.SELL, price=D("100010.01"), value=D(100010))).finding is Finding.DIFFERENT
    assert judge(asked, base).finding is Finding.UNCHANGED


@pytest.mark.parametrize(
    "mine, theirs, claimed", [("a", "a", True), ("a", "b", False), ("", "", False), ("a", "", False)]
)
def test_only_the_same_client_id_names_a_successor(mine: str, theirs: str, claimed: bool) -> None:
    base = order(client_id=mine)
    asked = command(base, plan(base, price="100010"))
    assert claims(asked, order(order_id="successor", client_id=theirs, price=D(100010))) is claimed


def test_neither_the_order_itself_nor_one_of_the_other_side_is_a_successor() -> None:
    base = order(client_id="a")
    asked = command(base, plan(base, price="100010"))
    assert not claims(asked, order(client_id="a", price=D(100010)))
    assert not claims(asked, order(Side.SELL, order_id="successor", client_id="a"))
