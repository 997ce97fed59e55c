"""The command that starts this very program again, as a process of its own: from source, installed or frozen."""

from __future__ import annotations

import sys


def own_door() -> list[str]:
    """Return the words that come before a verb."""
    # A frozen program is its own door; otherwise -P keeps a stray "app" folder of the working directory out.
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "app"]
