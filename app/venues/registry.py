"""The one line per venue: names to packages. Only the door reads it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from app.domain.form import InputError
from app.domain.plain import quoted_name

if TYPE_CHECKING:
    from app.domain.ports import Venue

#: Venue name in a configuration to the package that implements it.
PACKAGES: dict[str, str] = {
    "bitget": "app.venues.bitget",
    "qfex": "app.venues.qfex",
    "alphapoint": "app.venues.alphapoint",
    "bitso": "app.venues.bitso",
}


def load(names: set[str]) -> Mapping[str, Venue]:
    """Import the named venues.

    Raises:
        InputError: for a name that is not in the registry, listing those that are.
    """
    unknown = sorted(names - PACKAGES.keys())
    if unknown:
        known = ", ".join(PACKAGES)
        raise InputError("venue", f"There is no venue {quoted_name(unknown[0])}; use one of {known}.")
    # httpx imports its command line with itself where click and rich are installed: a third of its time, for
    # something that is no part of this program. It does without where that cannot be had.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    return {name: cast("Venue", import_module(PACKAGES[name]).VENUE) for name in sorted(names)}
