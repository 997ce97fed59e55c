"""The system clock, the one place below the window where time comes from."""

from __future__ import annotations

import time


class SystemClock:
    """Wall time in nanoseconds for stamps, monotonic seconds for waiting."""

    def now(self) -> int:
        """Nanoseconds since 1970 UTC."""
        return time.time_ns()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()
