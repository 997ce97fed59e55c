"""Redline: a desktop ticket that amends orders already resting on an exchange."""

from __future__ import annotations

__version__ = "0.1.0"
