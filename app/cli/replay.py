"""`redline open FILE`, before its window: what can be told of a file without one is told on standard error."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.parser import EXIT_OK
from app.cli.running import fail
from app.desk.replay.copying import refusal


def look(arguments: argparse.Namespace) -> int:
    """Look at the first bytes of the file, and nothing else.

    Args:
        arguments: `file`.

    Returns:
        0 where it may be a journal; 2 where it is none or cannot be read, which is said.
    """
    why = refusal(Path(arguments.file))
    return fail(arguments, why) if why else EXIT_OK
