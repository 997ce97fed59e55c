"""AlphaPoint: the exchange software behind NDAX, KIIEX, Notbank and others, over its websocket gateway."""

from __future__ import annotations

from app.venues.alphapoint.link.connector import AlphaPointConnector
from app.venues.alphapoint.profile import NEEDS, PROFILE
from app.venues.alphapoint.rules.rulebook import AlphaPointRulebook
from app.venues.common.face import VenueFace

VENUE = VenueFace(PROFILE, AlphaPointRulebook(), NEEDS, AlphaPointConnector)
