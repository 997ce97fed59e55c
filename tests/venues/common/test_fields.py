"""Form fields as every venue has them."""

from __future__ import annotations

from decimal import Decimal

from app.domain.form import FieldName
from app.domain.market import Instrument
from app.venues.common.fields import choice_field, price_field, size_field
from tests.helpers.toy_venue import RULE

MARKET = Instrument("AB", "A", "B", tick=Decimal("0.5"), lot=Decimal("0.001"))


def test_a_price_lies_on_the_tick_in_the_quote_currency() -> None:
    field = price_field(FieldName.PRICE, "Price", "px", Decimal(100), MARKET, None, RULE)
    assert (field.label, field.unit, field.step, field.editable) == ("Price (B)", "B", Decimal("0.5"), True)
    assert (field.venue_name, field.current, field.reason, field.rule) == ("px", Decimal(100), "", RULE)


def test_a_size_lies_on_the_lot_in_the_base_currency() -> None:
    field = size_field(FieldName.QUANTITY, "Quantity", "qty", Decimal(2), MARKET, None, RULE)
    assert (field.label, field.unit, field.step) == ("Quantity (A)", "A", Decimal("0.001"))


def test_a_lock_says_why_and_quotes_its_own_rule() -> None:
    other = RULE.__class__("other", "Another.", "none", "", "2026-11-21", RULE.confidence)
    field = choice_field(FieldName.ON_FAILURE, "If it fails", "cancel", "keep", ("It is filled.", other), RULE)
    assert (field.editable, field.reason, field.rule) == (False, "It is filled.", other)


def test_a_market_without_rules_leaves_unit_and_step_open() -> None:
    field = price_field(FieldName.PRICE, "Price", "px", None, None, None, RULE)
    assert (field.label, field.unit, field.step) == ("Price", "", None)
