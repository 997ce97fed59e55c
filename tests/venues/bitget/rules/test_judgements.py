"""Judgements of Bitget's orders: whose they are, and what executions alone leave untold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.evidence import Finding
from app.domain.order import OrderStatus
from app.venues.bitget.rules.judge import claims, judge
from app.venues.bitget.wire import vocabulary as words
from tests.venues.bitget.samples import command, order

ASKED = command(order(), "60100", "0.5")


@pytest.mark.parametrize(
    "price, finding", [("60100", Finding.APPLIED), ("60000", Finding.UNCHANGED), ("60200", Finding.DIFFERENT)]
)
def test_the_terms_tell(price: str, finding: Finding) -> None:
    assert judge(ASKED, order(price=Decimal(price))).finding is finding


def test_another_id_is_another_order() -> None:
    assert judge(ASKED, order(order_id="7", price=Decimal(60100))).finding is Finding.UNRELATED
    assert not claims(ASKED, order(order_id="7", price=Decimal(60100)))


def test_an_order_shown_by_its_executions_has_untold_terms() -> None:
    ended = order(status=OrderStatus.FILLED, price=Decimal(60100), attributes={words.BY_EXECUTIONS: "yes"})
    assert judge(ASKED, ended).finding is Finding.UNTOLD
    assert judge(ASKED, replace(ended, attributes=())).finding is Finding.APPLIED


def test_an_order_not_yet_in_the_book_proves_nothing_by_its_terms() -> None:
    for price in (60000, 60100):
        assert judge(ASKED, order(status=OrderStatus.PENDING, price=Decimal(price))).finding is Finding.UNRELATED
