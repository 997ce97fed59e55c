"""The door: parses arguments, then opens the window or runs a headless verb."""

from __future__ import annotations

import sys


def main() -> int:
    """Run Redline with the process's own arguments and return its exit code."""
    return 0


if __name__ == "__main__":
    sys.exit(main())
