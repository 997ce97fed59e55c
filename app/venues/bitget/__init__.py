"""Bitget's unified trading account (API v3): amendments in place of price and quantity."""

from __future__ import annotations

from app.venues.bitget.link.connector import BitgetConnector
from app.venues.bitget.profile import NEEDS, PROFILE
from app.venues.bitget.rules.rulebook import BitgetRulebook
from app.venues.common.face import VenueFace

VENUE = VenueFace(PROFILE, BitgetRulebook(), NEEDS, BitgetConnector)
