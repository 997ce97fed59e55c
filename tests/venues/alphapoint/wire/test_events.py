"""The parts of pushed events: whose they are, and what they say of a market or a refusal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.venues.alphapoint.wire.events import is_foreign, read_reject, with_session_status
from app.venues.alphapoint.wire.values import identity
from tests.venues.alphapoint.samples import instrument


@pytest.mark.parametrize(
    "payload,foreign",
    [
        ({"AccountId": 10}, True),
        ({"Account": "10"}, True),
        ({"AccountId": 9}, False),
        ({"AccountId": "9"}, False),
        ({}, False),
        ({"AccountId": None}, False),
        ({"AccountId": "²"}, False),
        ({"AccountId": "9" * 5000}, False),
        ([], False),
    ],
)
def test_news_of_another_account(payload: Any, foreign: bool) -> None:
    """Only a readable number says so; what cannot be read is looked at, and turned away with its raw text."""
    assert is_foreign(payload, 9) is foreign


def test_the_terms_of_a_refusal() -> None:
    """Zero and what cannot be read are no terms."""
    reject = read_reject({"OrderIdToReplace": 15067, "LimitPrice": "84200", "Quantity": 0, "RejectReason": "No"})
    assert (reject.old_id, reject.price, reject.quantity, reject.reason) == ("15067", Decimal(84200), None, "No")
    odd = read_reject({"LimitPrice": "²", "Quantity": "9" * 5000, "Status": "Rejected"})
    assert (odd.price, odd.quantity, odd.reason) == (None, None, "Rejected")
    assert read_reject({}).reason == "no reason given"


@pytest.mark.parametrize("status", ["", None, 7])
def test_a_market_event_without_a_status_changes_nothing(status: Any) -> None:
    """Nor does one of a market that is not ours, or is disabled."""
    market = instrument()
    event = {"VenueInstrumentId": 8, "NewStatus": "Paused"}
    changed = with_session_status({"BTCCAD": market}, event)
    assert changed is not None
    assert (changed.trading, changed.status) == (False, "Paused")
    assert with_session_status({"BTCCAD": market}, {**event, "NewStatus": status}) is None
    assert with_session_status({"BTCCAD": market}, {**event, "VenueInstrumentId": 9}) is None
    assert with_session_status({"BTCCAD": replace(market, status="disabled")}, event) is None


def test_the_venue_s_own_number_of_a_market_comes_first() -> None:
    """It may be another than the instrument's."""
    market = instrument(VenueInstrumentId=80)
    event = {"VenueInstrumentId": 80, "NewStatus": "Running"}
    assert with_session_status({"BTCCAD": market}, event) is not None
    assert with_session_status({"BTCCAD": market}, {**event, "VenueInstrumentId": 8}) is None


@pytest.mark.parametrize(
    "value,text", [(True, ""), (None, ""), (0, ""), ("0", ""), (7, "7"), (" 7 ", "7"), ([], ""), (Decimal(7), "")]
)
def test_ids(value: Any, text: str) -> None:
    """Zero is how the venue writes none."""
    assert identity(value) == text
