"""A practice AlphaPoint: the websocket gateway and the HTTP gateway of one exchange, on loopback."""

from __future__ import annotations

from app.practice.venues.alphapoint.server import build

__all__ = ["build"]
