"""Example: the face of the venue towards the registry. Say here in one sentence how it amends and stays in sync."""

from __future__ import annotations

from app.venues.common.face import VenueFace
from app.venues.example.link.connector import ExampleConnector
from app.venues.example.profile import NEEDS, PROFILE
from app.venues.example.rules.rulebook import ExampleRulebook

VENUE = VenueFace(PROFILE, ExampleRulebook(), NEEDS, ExampleConnector)
