"""Bitso: amendments in place with PATCH /api/v4/orders, orders kept in sync by polling."""

from __future__ import annotations

from app.venues.bitso.link.connector import BitsoConnector
from app.venues.bitso.profile import NEEDS, PROFILE
from app.venues.bitso.rules.rulebook import BitsoRulebook
from app.venues.common.face import VenueFace

VENUE = VenueFace(PROFILE, BitsoRulebook(), NEEDS, BitsoConnector)
