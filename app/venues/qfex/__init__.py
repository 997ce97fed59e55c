"""QFEX: perpetual futures on stocks, indices, commodities and currencies; orders are amended over its trade socket."""

from __future__ import annotations

from app.venues.common.face import VenueFace
from app.venues.qfex.link.connector import QfexConnector
from app.venues.qfex.profile import NEEDS, PROFILE
from app.venues.qfex.rules.rulebook import QfexRulebook

VENUE = VenueFace(PROFILE, QfexRulebook(), NEEDS, QfexConnector)
