"""`redline journal [AMENDMENT or ORDER]`: read the record and tell it. Never writes, never takes a lock."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.cli import shapes
from app.cli.journal import document, report
from app.cli.journal.story import story
from app.cli.journal.survey import Listed, NoJournal, amendments, checked, chosen, families, of_order
from app.cli.output import answer, answer_json, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.cli.running import fail
from app.desk.journal.chain import Row
from app.desk.journal.files import followed
from app.desk.journal.store import StoreError
from app.domain.ports import Venue
from app.runtime.opening import journal_path, latest_journal, state_path
from app.runtime.temporary import TemporaryFolder

#: Seconds before the first word on how far it is, and between two of them.
QUIET, EVERY = 1.0, 5.0

#: Rows between two looks at the clock.
_LOOK = 1_000

#: Number of amendments named where an id is not clear.
_NAMED = 5


class Progress:
    """Says now and then how far it is."""

    def __init__(self, words: str, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        """Count from now on.

        Args:
            words: text after the number of rows.
            say: takes the sentence.
            clock: seconds.
        """
        self._words, self._say, self._clock = words, say, clock
        self._done, self._due = 0, clock() + QUIET

    def at_row(self, row: Row) -> None:
        """One row more."""
        self._done += 1
        if self._done % _LOOK == 0 and self._clock() >= self._due:
            self._due = self._clock() + EVERY
            self._say(f"{self._done:,} {self._words}")


def run(arguments: argparse.Namespace, venues: Callable[[], Mapping[str, Venue]]) -> int:
    """Run the verb.

    Args:
        arguments: `journal`, `config`, `amendment` (or an order), `account`, `since` and `json`.
        venues: every venue of the registry, by name.

    Returns:
        0 if the chain holds, 3 if it is broken, 2 for bad input, 4 if interrupted.
    """
    try:
        with TemporaryFolder("journal") as folder:
            return _told(arguments, venues, folder)
    except (NoJournal, StoreError) as error:
        return fail(arguments, str(error))
    except OSError as error:
        return fail(arguments, f"The journal cannot be read ({_words(error)}); check its name, or name another.")
    except KeyboardInterrupt:
        return fail(arguments, "Interrupted; the journal was not read to its end.", EXIT_UNKNOWN)


def _told(arguments: argparse.Namespace, venues: Callable[[], Mapping[str, Venue]], folder: Path) -> int:
    path = where(arguments)
    journals = families(path, folder)
    if not journals:
        raise NoJournal(f"There is no journal at {path}; {_try()}.")
    say = _nobody if arguments.json else tell
    checking = Progress(f"of {sum(each.records for each in journals):,} rows checked", say)
    journals = [checked(each, checking.at_row, folder) for each in journals]
    broken = any(each.faults for each in journals)
    rulebooks = {name: venue.rulebook for name, venue in venues().items()}
    problems: list[str] = []
    wanted = arguments.amendment
    reading = Progress("rows read for what became of the amendments", say)
    listed = amendments(journals, rulebooks, problems, reading.at_row, wanted or "")
    limits = _limits(arguments)
    if wanted is None:
        listed = [each for each in listed if _within(each, arguments)]
        shown = (
            document.survey(journals, listed, problems)
            if arguments.json
            else report.survey(journals, listed, problems, limits)
        )
        return _ended(shown, arguments, broken=broken)
    meant = chosen(listed, wanted)
    order = of_order(listed, wanted)
    if order.amendments and [each.name for each in meant] != [wanted]:
        own = replace(order, amendments=tuple(each for each in order.amendments if _within(each, arguments)))
        shown = (
            document.order(journals, own, problems) if arguments.json else report.order(journals, own, problems, limits)
        )
    elif len(meant) == 1 and meant[0].whole is not None:
        history = story(journals, meant[0].whole, meant[0].path)
        shown = (document.story if arguments.json else report.story)(journals, history, problems)
    else:
        return fail(arguments, _unclear(path, wanted, [each.name for each in meant], broken=broken))
    return _ended(shown, arguments, broken=broken)


def _ended(shown: str, arguments: argparse.Namespace, *, broken: bool) -> int:
    written = answer_json(shown) if arguments.json else answer(shown)
    if broken:
        return EXIT_REFUSED
    return EXIT_OK if written else EXIT_INPUT


def _within(each: Listed, arguments: argparse.Namespace) -> bool:
    """Return True if an amendment is one of those asked for."""
    return arguments.account in (None, each.account) and each.at >= (arguments.since or 0)


def _limits(arguments: argparse.Namespace) -> str:
    """Words for which amendments are asked for, "" for all."""
    account = f" on {arguments.account}" if arguments.account is not None else ""
    return f"{account} since {shapes.when(arguments.since)}" if arguments.since is not None else account


def where(arguments: argparse.Namespace) -> Path:
    """Return the journal that is meant: the one named, or the one the configuration's tickets keep."""
    if arguments.journal is not None:
        return followed(Path(arguments.journal))
    if arguments.config is not None:
        return journal_path(Path(arguments.config))
    raise NoJournal(f"Give --journal FILE, or --config FILE for the journal that its tickets keep; {_try()}.")


def _try() -> str:
    """A journal there is, for who named none or one that is not there."""
    latest = latest_journal()
    if latest is None:
        return f"none lies in {state_path()}, where tickets keep theirs; the window and `redline amend` make one"
    return f"the one written last is `redline journal --journal {shlex.quote(str(latest))}`"


def _unclear(path: Path, wanted: str, names: list[str], *, broken: bool) -> str:
    if names:
        more = " …" if len(names) > _NAMED else ""
        return (
            f"“{wanted}” begins or ends {len(names)} amendments: {', '.join(names[:_NAMED])}{more}; write more of it."
        )
    lost = "; its chain is broken, so it may have been taken out" if broken else ""
    shown = f"`redline open {shlex.quote(str(path))}`"
    return (
        f"The journal {path} knows no amendment “{wanted}” and none of an order of that id{lost}; `redline journal` "
        f"lists those it knows. A cancel is none: {shown} shows whatever happened to an order."
    )


def _words(error: OSError) -> str:
    """The system's words on what fails, and where."""
    why = (error.strerror or type(error).__name__).lower()
    return f"{error.filename}: {why}" if error.filename else why


def _nobody(sentence: str) -> None:
    """Say nothing: who reads a JSON document wants nothing else."""
