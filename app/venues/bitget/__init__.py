"""Bitget's unified trading account (API v3): amendments in place of price and quantity."""

from __future__ import annotations

from app.domain.account import Account
from app.venues.bitget.link.connector import BitgetConnector
from app.venues.bitget.profile import NEEDS, POLL_EVERY, PROFILE, seconds_of
from app.venues.bitget.rules.rulebook import BitgetRulebook
from app.venues.common.face import VenueFace


def _following(rules: BitgetRulebook, account: Account) -> BitgetRulebook:
    """Return the rules of an account, with the promise its own switch makes of how often rows are read again."""
    return rules.following(seconds_of(account, POLL_EVERY))


VENUE = VenueFace(PROFILE, BitgetRulebook(), NEEDS, BitgetConnector, tune=_following)
