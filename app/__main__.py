"""The door: parses arguments, then opens the window or runs a headless verb."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

#: The verbs that open a window; None is the window itself.
_WINDOWED = (None, "tour", "open")

#: The verbs that begin with a desk: until it is there, nothing is garbage.
_WITH_DESK = (None, "tour", "orders", "form", "preview", "amend", "cancel")


def main(argv: Sequence[str] | None = None) -> int:
    """Run Redline.

    Args:
        argv: the arguments; the process's own by default.

    Returns:
        The exit code: 0 done or confirmed, 2 bad input, 3 refused or not applied or a promise broken, 4 unknown, or
        the program itself failed; 1 if it tried itself and something was amiss.
    """
    from app.cli.parser import EXIT_UNKNOWN, read_arguments
    from app.runtime.logs import VARIABLE, LogError, logged
    from app.runtime.modes import private

    arguments = read_arguments(argv)
    try:
        with private(), logged(arguments.verbose, os.environ.get(VARIABLE, "")):
            return _guarded(arguments)
    except LogError as error:
        from app.cli.running import fail

        return fail(arguments, str(error))
    except KeyboardInterrupt:
        from app.cli.running import fail

        return fail(arguments, "Interrupted.", EXIT_UNKNOWN)


def _guarded(arguments: argparse.Namespace) -> int:
    """Run the verb; an error that nobody foresaw goes to the log, and its exit code is no venue's answer."""
    from app.cli.output import tell
    from app.cli.parser import EXIT_UNKNOWN
    from app.runtime.temporary import sweep

    try:
        sweep()
        return _run(arguments)
    except Exception as error:
        logging.getLogger("redline").exception("unforeseen")
        sentence = (
            f"The program itself failed ({type(error).__name__}), which is a mistake in it; look at the order at its "
            "venue, and report the lines above."
        )
        if getattr(arguments, "sent", False):
            tell(sentence)  # the one JSON document is out already
            return EXIT_UNKNOWN
        from app.cli.running import fail

        return fail(arguments, sentence, EXIT_UNKNOWN)


def _run(arguments: argparse.Namespace) -> int:
    """Run the verb, or open the window, and return the exit code."""
    from app.runtime.unhindered import unhindered

    if arguments.smoke or arguments.verb not in _WITH_DESK:
        return _run_any(arguments)
    with unhindered():
        return _run_any(arguments)


def _run_any(arguments: argparse.Namespace) -> int:
    from app.venues import registry

    if arguments.smoke:
        from app.cli.smoke import run as smoke

        return smoke(arguments)
    if arguments.verb in _WINDOWED and not _can_open_a_window():
        return 2
    match arguments.verb:
        case "practice":
            from app.cli.output import say
            from app.practice.run import run as practice

            return practice(
                arguments.seed, arguments.config_out, quiet=arguments.quiet, with_parent=arguments.with_parent, say=say
            )
        case "doctor":
            from app.cli.doctor import run as doctor
            from app.venues.transport import tls

            return doctor(arguments, tls.obstacles())
        case "journal":
            from app.cli.journal.command import run as journal

            return journal(arguments, lambda: registry.load(set(registry.PACKAGES)))
        case "find":
            from app.cli.find import run as find

            return find(arguments)
        case "story" | "why":
            from app.cli.story import run as story

            return story(arguments, lambda: registry.load(set(registry.PACKAGES)))
        case "open":
            from app.cli.output import tell
            from app.cli.replay import look
            from app.ui.window.replayed import run as replayed

            return look(arguments) or replayed(arguments, registry.load, tell)
        case "drill":
            from app.cli.drill import run as drill

            return drill(arguments, registry.load)
        case "simulate":
            from app.cli.simulate import run as simulate

            return simulate(arguments, registry.load)
        case "tour":
            from app.ui.window.tour import run as tour

            return tour(arguments, registry.load)
        case None:
            from app.ui.window.application import run as window

            return window(arguments, registry.load)
        case _:
            from app.cli.verbs import run as verb

            return verb(arguments, registry.load)


def _can_open_a_window() -> bool:
    """Return True if Qt may be imported, else say why not; importing it then would abort without a word."""
    from app.cli.output import tell
    from app.runtime.preflight import problems

    obstacles = problems()
    for sentence in obstacles:
        tell(sentence)
    return not obstacles


if __name__ == "__main__":
    # A frozen program starts itself as the processes of a simulation and as what cleans up after them. Their arguments
    # are not the door's: this call does their work and ends the process; in any other it does nothing.
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(main())
