"""A practice Bitso: REST v3, the v4 modify, and the public websocket, on loopback."""

from __future__ import annotations

from app.practice.venues.bitso.server import build

__all__ = ["build"]
