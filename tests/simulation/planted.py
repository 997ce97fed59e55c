"""Planted bugs that small tests must catch: in the fold's doors, and in the readers and judges of the venues.

    python -m tests.simulation.planted

The simulation cannot see into a venue's own code, so these are caught by the tests beside that code, each bug by one
file of tests. Nothing on the disk is changed: a process of its own takes the module with the bug in it.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.machinery
import io
import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Planted:
    """A bug: its name, the file below app, the text it puts in place of another, and the tests that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str

    @property
    def module(self) -> str:
        """Dotted name of the module it is in."""
        return f"app.{self.file.removesuffix('.py').replace('/', '.')}"

    def changed(self) -> bytes:
        """The module with the bug.

        Raises:
            ValueError: if the text it replaces is not there exactly once: then the list here has to follow the code.
        """
        text = (ROOT / "app" / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"“{self.name}”: its text is {text.count(self.old)} times in {self.file}.")
        return text.replace(self.old, self.new).encode()


_DOUBTS, _STRANGERS = "tests/desk/fold/test_doubts.py", "tests/desk/fold/test_found_by_strangers.py"

IN_THE_FOLD: tuple[Planted, ...] = (
    Planted(
        "one read overrules what only grows",
        "desk/fold/doubts.py",
        "    if lineage.dispute.count < AGREEING_READS:\n",
        "    if lineage.dispute.count < 1:\n",
        _DOUBTS,
    ),
    Planted(
        "pushes overrule what only grows",
        "desk/fold/doubts.py",
        "asked_at is None or asked_at <= max(lineage.seen_at, lineage.pushed_at, lineage.filled_at):\n"
        "        return False\n",
        "asked_at is None:\n        asked_at = context.at\n",
        _DOUBTS,
    ),
    Planted(
        "an old reading ends a doubt",
        "desk/fold/doubts.py",
        "(context.at if context.asked_at is None else context.asked_at) <= doubt.at:",
        "False:",
        _DOUBTS,
    ),
    Planted(
        "what is impossible enters",
        "desk/fold/doubts.py",
        "    return not text\n\n\ndef _contradicts(",
        "    return True\n\n\ndef _contradicts(",
        _DOUBTS,
    ),
    Planted(
        "the other side under one id is news",
        "domain/plausible.py",
        "    if order.side is not known.side:\n",
        "    if False:\n",
        "tests/domain/test_plausible.py",
    ),
    Planted(
        "a cut list binds",
        "desk/fold/lineages.py",
        "    if not context.whole:\n        return True\n",
        "",
        _STRANGERS,
    ),
    Planted(
        "orders like ours are no matter",
        "desk/fold/lineages.py",
        "        return any(each.order.is_open for each in alike)\n",
        "        return False\n",
        _STRANGERS,
    ),
    Planted(
        "a replacement of another kind is followed",
        "desk/fold/lineages.py",
        "before is not lineage and kind_of_order(order) != kind_of_order(before.order):",
        "before is not lineage and False:",
        _STRANGERS,
    ),
    Planted(
        "look-ups alone take an order off the list",
        "desk/fold/given_up.py",
        "since is None or listed_at < since + policy.settle_after",
        "False",
        _STRANGERS,
    ),
    Planted(
        "an order is given up while one cannot be read",
        "desk/fold/given_up.py",
        "    if _may_be_unreadable(context, lineage):\n",
        "    if False:\n",
        _STRANGERS,
    ),
    Planted(
        "a state nobody knows tells whose order it is",
        "desk/fold/lineages.py",
        "    if order.status is OrderStatus.UNRECOGNISED:\n        return found",
        "    if False:\n        return found",
        _STRANGERS,
    ),
    Planted(
        "a rejected order confirms the change",
        "desk/fold/reconcile.py",
        "    if judgement.finding is Finding.APPLIED and seen.status is OrderStatus.REJECTED:\n",
        "    if False:\n",
        _DOUBTS,
    ),
)

IN_THE_VENUES: tuple[Planted, ...] = (
    Planted(
        "Bitget: an answer that names no order is about ours",
        "venues/bitget/wire/answers.py",
        "    if str(named) != order.order_id:\n",
        "    if named is not None and str(named) != order.order_id:\n",
        "tests/venues/bitget/wire/test_answers.py",
    ),
    Planted(
        "Bitget: a code that is not listed is a refusal",
        "venues/bitget/wire/answers.py",
        "    return _MEANINGS.get(code, _UNLISTED)\n",
        '    return _MEANINGS.get(code, _MEANINGS["25568"])\n',
        "tests/venues/bitget/wire/test_answers.py",
    ),
    Planted(
        "Bitget: a broken server tells what was done",
        "venues/bitget/wire/answers.py",
        "    if not (200 <= status < 300 or 400 <= status < 500):\n",
        "    if not (200 <= status < 600):\n",
        "tests/venues/bitget/wire/test_answers.py",
    ),
    Planted(
        "Bitget: success with an error status is success",
        "venues/bitget/wire/answers.py",
        "    if reply.ok and status >= 400:\n",
        "    if False:\n",
        "tests/venues/bitget/wire/test_answers.py",
    ),
    Planted(
        "Bitget: a partly filled order works untouched",
        "venues/bitget/wire/rows.py",
        "    if status is OrderStatus.WORKING and filled > ZERO:\n",
        "    if False:\n",
        "tests/venues/bitget/wire/test_rows.py",
    ),
    Planted(
        "Bitget: executions show the terms",
        "venues/bitget/rules/judge.py",
        "    if seen.attribute(words.BY_EXECUTIONS):\n",
        "    if False:\n",
        "tests/venues/bitget/rules/test_judgements.py",
    ),
    Planted(
        "Bitso: any order is the successor",
        "venues/bitso/rules/judge.py",
        "        and seen.client_id == order.client_id\n",
        "",
        "tests/venues/bitso/rules/test_judgements.py",
    ),
    Planted(
        "Bitso: an order that is gone shows its terms",
        "venues/bitso/rules/judge.py",
        "    if not is_told(seen):\n",
        "    if False:\n",
        "tests/venues/bitso/rules/test_judge.py",
    ),
    Planted(
        "Bitso: what was sent need not come back",
        "venues/bitso/rules/judge.py",
        "    return (*compare(exactly, seen), *compare(derived, seen, TOLERANCE))\n",
        "    return compare(derived, seen, TOLERANCE)\n",
        "tests/venues/bitso/rules/test_judgements.py",
    ),
    Planted(
        "Bitso: what is unfilled counts as filled",
        "venues/bitso/wire/rows.py",
        'filled = minus(quantity, number(row.get("unfilled_amount")))',
        'filled = number(row.get("unfilled_amount"))',
        "tests/venues/bitso/wire/test_rows.py",
    ),
    Planted(
        "Bitso: a broken server refuses for certain",
        "venues/bitso/wire/answers.py",
        "    if status >= 500 or code in _UNCERTAIN:\n",
        "    if code in _UNCERTAIN:\n",
        "tests/venues/bitso/wire/test_answers.py",
    ),
    Planted(
        "AlphaPoint: a new order is followed while the old one works",
        "venues/alphapoint/rules/judge.py",
        "    return is_replacement(command, seen) and seen.attribute(OLD_LEG) == OLD_LEG_ENDED\n",
        "    return is_replacement(command, seen)\n",
        "tests/venues/alphapoint/rules",
    ),
    Planted(
        "AlphaPoint: fills in flight spoil a reduction",
        "venues/alphapoint/rules/judge.py",
        "        most = seen.filled + asked\n",
        "        most = base.filled + asked\n",
        "tests/venues/alphapoint/rules",
    ),
    Planted(
        "AlphaPoint: the total leaves the fills out",
        "venues/alphapoint/wire/rows.py",
        "        total = remaining + executed\n",
        "        total = remaining\n",
        "tests/venues/alphapoint/wire/test_rows.py",
    ),
    Planted(
        "AlphaPoint: a stop in the book still waits",
        "venues/alphapoint/wire/rows.py",
        "        elif kind in _STOPS and not in_book:\n",
        "        elif kind in _STOPS:\n",
        "tests/venues/alphapoint/wire/test_rows.py",
    ),
    Planted(
        "QFEX: FILLED means all of it",
        "venues/qfex/wire/rows.py",
        "    if status == words.FILLED and filled >= quantity",
        "    if status == words.FILLED",
        "tests/venues/qfex/wire/test_rows.py",
    ),
    Planted(
        "QFEX: any new order is the result",
        "venues/qfex/rules/judge.py",
        "        and not compare(command.target, seen)\n",
        "",
        "tests/venues/qfex/rules",
    ),
    Planted(
        "QFEX: an order of the other side is like it",
        "venues/qfex/rules/judge.py",
        "        and order.side is seen.side\n",
        "",
        "tests/venues/qfex/rules",
    ),
    Planted(
        "QFEX: the order's own terms make a refusal another's",
        "venues/qfex/rules/judge.py",
        "    if any(value != wanted and value not in own for value, wanted, own in given):\n",
        "    if any(value != wanted for value, wanted, own in given):\n",
        "tests/venues/qfex/rules",
    ),
    Planted(
        "QFEX: an echo of another request is ours",
        "venues/qfex/rules/judge.py",
        "        if echoed != sent:\n            return RefusalMatch.DIFFERS\n",
        "        if echoed != sent:\n            continue\n",
        "tests/venues/qfex/rules",
    ),
    Planted(
        "QFEX: a partly filled order works untouched",
        "venues/qfex/wire/rows.py",
        "    return OrderStatus.PARTIALLY_FILLED if filled > ZERO else OrderStatus.WORKING\n",
        "    return OrderStatus.WORKING\n",
        "tests/venues/qfex/wire",
    ),
    Planted(
        "QFEX: another client id contradicts nothing",
        "venues/qfex/rules/judge.py",
        "        and (not order.client_id or not seen.client_id or order.client_id == seen.client_id)\n",
        "",
        "tests/venues/qfex/rules",
    ),
)

PLANTED = (*IN_THE_FOLD, *IN_THE_VENUES)


class _Changed(importlib.machinery.SourceFileLoader):
    """Gives a module with other text than its file has, and nothing compiled before."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self._source = source

    def get_data(self, path: str) -> bytes:
        return self._source

    def path_stats(self, path: str) -> dict[str, float]:
        raise OSError("nothing is cached")

    def set_data(self, path: str, data: bytes, *, _mode: int = 0o666) -> None:
        """Keep nothing."""


class _Finder(MetaPathFinder):
    def __init__(self, planted: Planted) -> None:
        self._planted = planted

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._planted.module:
            return None
        file = str(ROOT / "app" / self._planted.file)
        loader = _Changed(fullname, file, self._planted.changed())
        return importlib.machinery.ModuleSpec(fullname, loader, origin=file)


def caught(planted: Planted) -> bool:
    """Run the tests of a bug with it planted, in a process forked from this one; True if one of them fails."""
    source = planted.changed()
    assert source
    child = os.fork()
    if child == 0:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(io.StringIO()):
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            os.chdir(ROOT)
            sys.meta_path.insert(0, _Finder(planted))
            import pytest

            arguments = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", planted.tests]
            os._exit(int(pytest.main(arguments) == pytest.ExitCode.TESTS_FAILED))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 1


def misfits() -> list[str]:
    """Sentences about bugs whose text is not where it was."""
    found: list[str] = []
    for each in PLANTED:
        try:
            each.changed()
        except ValueError as error:
            found.append(str(error))
    return found


def run(chosen: Iterable[Planted]) -> list[str]:
    """Plant each bug; return the names of those that no test noticed."""
    loaded = [name for name in sys.modules if name.startswith("app.")]
    if loaded:
        raise RuntimeError(f"{loaded[0]} is loaded already; a bug in it would change nothing.")
    missed: list[str] = []
    for each in chosen:
        noticed = caught(each)
        sys.stdout.write(f"{'caught' if noticed else 'MISSED':<7} {each.name}\n")
        sys.stdout.flush()
        if not noticed:
            missed.append(each.name)
    return missed


def main() -> int:
    """Plant every bug and tell whether it was caught; 1 if one passed."""
    parser = argparse.ArgumentParser(
        description="Plant bugs in the fold's doors, and in the venues' readers and judges."
    )
    parser.add_argument("--only", default="", help="a part of their names")
    arguments = parser.parse_args()
    began = time.monotonic()
    chosen = [each for each in PLANTED if arguments.only in each.name]
    missed = run(chosen)
    sys.stdout.write(f"{len(chosen) - len(missed)} of {len(chosen)} caught, {time.monotonic() - began:.0f} s\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
