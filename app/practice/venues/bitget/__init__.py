"""A practice Bitget: the unified account's REST v3 and its two websockets, on loopback."""

from __future__ import annotations

from app.practice.venues.bitget.server import build

__all__ = ["build"]
