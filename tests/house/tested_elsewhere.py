"""Modules that no test of their own folder imports, by folder: where they are tested instead, and their names.

The list only gets shorter: whoever adds a module adds a test beside its kin.
"""

from __future__ import annotations

#: Stands for every module below a folder, so that a new venue needs no line.
EVERY = "*"

ELSEWHERE: dict[str, tuple[str, str]] = {
    "app.desk.fold": ("through the reducer, the only face of the fold", "lineages reconcile"),
    "app.desk.journal": ("by journals written, cut and read back", "history recorder recovery salvage"),
    "app.drills": ("by every drill: tests/drills/halves.py, test_they_can_fail.py", "batching scene"),
    "app.drills.checks": (
        "by every drill: tests/drills/halves.py, test_they_can_fail.py",
        "amendments drafts rows venue watch",
    ),
    "app.drills.patterns": (
        "by every drill: tests/drills/halves.py, test_they_can_fail.py",
        "answers away drafts lineage races sequence",
    ),
    "app.drills.venues": ("by every drill: tests/drills/halves.py, test_they_can_fail.py", EVERY),
    "app.practice.exchange": ("through the exchange, beside it", "engine ids numbers"),
    "app.practice": ("by the window's tests of the start: tests/ui/window", "run_inside"),
    "app.practice.server": ("through practice venues, over real sockets", "control control_venue gate"),
    "app.practice.venues.alphapoint": (
        "through the server of the venue, over real sockets",
        "amend calls directory effects errors fields gateway place policy push queries reference replace tape tickets",
    ),
    "app.practice.venues.bitget": (
        "through the server of the venue, over real sockets",
        "account amend checks history market_data market_push orders place policy push rows sockets",
    ),
    "app.practice.venues.bitso": (
        "through the server of the venue, over real sockets",
        "amend orders place policy push rows server",
    ),
    "app.practice.venues.qfex": (
        "through the server of the venue, over real sockets",
        "amend commands errors fields market_push place policy push trade",
    ),
    "app.simulation": (
        "by whole episodes and planted bugs: tests/simulation",
        "clockwork drafts episode record restart shell story",
    ),
    "app.simulation.modelled": (
        "by whole episodes and planted bugs: tests/simulation",
        "endings pairs reads strangers",
    ),
    "app.ui.amend": ("as part of the panel, the list or the window", "under_way"),
    "app.ui.look": ("as part of the panel, the list or the window", "fonts"),
    "app.ui.status": ("as part of the panel, the list or the window", "notices"),
    "app.ui.window": ("as part of the panel, the list or the window", "start_page"),
    "app.venues.alphapoint.link": (
        "through the rulebook, the connector or the codec of the venue",
        "amend calls listener rest sync",
    ),
    "app.venues.alphapoint.rules": (
        "through the rulebook, the connector or the codec of the venue",
        "consequence",
    ),
    "app.venues.alphapoint.wire": (
        "through the rulebook, the connector or the codec of the venue",
        "vocabulary",
    ),
    "app.venues.bitget.link": (
        "through the rulebook, the connector or the codec of the venue",
        "listener look_up rest sockets",
    ),
    "app.venues.bitso.link": (
        "through the rulebook, the connector or the codec of the venue",
        "listener market_socket trades",
    ),
    "app.venues.bitso.wire": ("through the rulebook, the connector or the codec of the venue", "vocabulary"),
    "app.venues.qfex.link": (
        "through the rulebook, the connector or the codec of the venue",
        "amend connector lists look_up questions",
    ),
}
