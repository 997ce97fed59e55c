"""The command line: verbs, their arguments, and their help."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from app import __version__
from app.cli import zones
from app.cli.moments import nanoseconds_of
from app.cli.output import tell
from app.domain.plain import one_line

#: Exit codes every verb keeps to.
EXIT_OK, EXIT_INPUT, EXIT_REFUSED, EXIT_UNKNOWN = 0, 2, 3, 4

#: A change as it is written: the name of a field, and a value.
_CHANGE = re.compile(r"[A-Za-z_]+=")

#: An option whose value is what ends the options.
_NOTHING = re.compile(r"--?[A-Za-z][\w-]*=--")

#: Most processes of a simulation: each holds a whole program.
MOST_JOBS = 64

#: The options of the program itself that are about a ticket of its own.
_OF_TICKETS = ("--config", "--journal", "--no-journal")

#: Those that a verb has no use for.
_UNUSED = {
    "practice": (*_OF_TICKETS, "--theme"),
    "tour": _OF_TICKETS,
    "journal": ("--no-journal", "--theme"),
    "drill": (*_OF_TICKETS, "--theme"),
    "simulate": (*_OF_TICKETS, "--theme"),
    "doctor": (*_OF_TICKETS, "--theme"),
    "orders": ("--theme",),
    "form": ("--theme",),
    "preview": ("--theme",),
    "amend": ("--theme",),
    "cancel": ("--theme",),
}

_EXITS = (
    "exit codes: 0 done or confirmed, 2 bad input, or the window cannot open, 3 the venue's no: refused, not applied, "
    "different or overtaken, 4 unknown, or nothing left for a reason of the ticket's"
)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints go through the door; they repeat what was written, which may be a venue's text."""

    def error(self, message: str) -> NoReturn:
        super().error(one_line(message))

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse, but first refuse `--option=--`, of which argparse makes an empty list that no option expects."""
        for each in sys.argv[1:] if args is None else args:
            if each == "--":
                break  # words follow, whatever they look like
            if _NOTHING.fullmatch(each):
                self.error(
                    f"argument {each[:-3]}: “--” is not a value; write another, such as ./-- for a file of that name"
                )
        return super().parse_known_args(args, namespace)


def read_arguments(args: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the arguments of the program; orders and changes may stand on both sides of the options."""
    top = parser()
    found, rest = top.parse_known_args(args)
    if found.verb == "open":
        _need_one_file(found, rest)
    _take_no_more(found)
    words = {"amend": "words", "preview": "words", "cancel": "orders"}.get(found.verb or "")
    if rest and words is not None and not any(each.startswith("-") for each in rest):
        getattr(found, words).extend(rest)
    elif rest:
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    return found


def _need_one_file(arguments: argparse.Namespace, rest: Sequence[str]) -> None:
    """End the program where `open` is not given one file, in one sentence; an unknown option is the parser's to say."""
    sentence = ""
    if _before(arguments, _OF_TICKETS):
        sentence = "A replay takes a journal and no configuration; write redline open FILE, without options before it."
    elif arguments.file is None:
        sentence = "No journal is named; write redline open FILE, such as redline open journal.db."
    elif rest and not rest[0].startswith("-"):
        sentence = f"“{rest[0]}” is one word too many; name one journal, and put a time with a space in it in quotes."
    if sentence:
        tell(sentence)
        raise SystemExit(EXIT_INPUT)


def _before(arguments: argparse.Namespace, options: Sequence[str]) -> list[str]:
    """Those of the options before a verb that were given."""
    return [each for each in options if getattr(arguments, each[2:].replace("-", "_")) not in (None, False)]


def _take_no_more(arguments: argparse.Namespace) -> None:
    """End the program where an option before a verb is one the verb has no use for: nothing is ignored in silence."""
    if given := _before(arguments, _UNUSED.get(arguments.verb or "", ())):
        verb = arguments.verb
        tell(f"{' and '.join(given)} before “{verb}” would do nothing; leave it out, see redline {verb} --help.")
        raise SystemExit(EXIT_INPUT)


def parser() -> argparse.ArgumentParser:
    """The whole command line. Without a verb the window opens."""
    top = _Parser(
        prog="redline",
        description="Amend orders that already rest on an exchange, and see what became of it.",
        epilog=f"Without a verb the window opens, on the practice venues unless --config is given. {_EXITS}. "
        "REDLINE_LOG=LEVEL or LEVEL:FILE in the environment logs debug, info, warning or error, to a file if one is "
        "named.",
    )
    top.add_argument("--version", action="version", version=f"redline {__version__}")
    top.add_argument(
        "--smoke",
        action="store_true",
        help="try the program itself: doctor, tour without a display, orders, a drill, a simulation; exit 0 or 1",
    )
    _config(top, default=None)
    _journal(top, None, False)
    top.add_argument("--theme", choices=("dark", "light"), default=None, help="colours of the window")
    verbs = top.add_subparsers(dest="verb", metavar="VERB")

    practice = verbs.add_parser("practice", help="run the practice venues until interrupted")
    practice.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same day (default 1)"
    )
    practice.add_argument("--config-out", type=_file, metavar="FILE", help="write a complete configuration here")
    practice.add_argument("--quiet", action="store_true", help="the market moves only on request")
    practice.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)

    replay = verbs.add_parser(
        "open",
        help="look at a journal in the window, as its ticket saw it, at its end or at any moment; nothing can be sent",
        epilog="exit codes: 0 the chain holds, 2 bad input, or the window cannot open, 3 the chain is broken: shown is "
        "what comes before",
    )
    replay.add_argument(
        "file", type=_file, nargs="?", metavar="FILE", help="a journal; it is copied, and never written to"
    )
    replay.add_argument(
        "--at",
        type=_moment,
        metavar="TIME",
        help="the moment shown first, such as 2026-11-21T09:30:05.120 (UTC) or 2026-11-21T10:30+01:00",
    )
    replay.add_argument("--theme", choices=("dark", "light"), default=argparse.SUPPRESS, help="colours of the window")

    tour = verbs.add_parser("tour", help="amend one order on each practice venue in the real window, with screenshots")
    tour.add_argument("--out", type=_file, default=Path("redline-tour"), metavar="DIR", help="where to write")
    tour.add_argument("--theme", choices=("dark", "light"), default=argparse.SUPPRESS, help="colours of the window")

    orders = verbs.add_parser("orders", help="list the open orders of every account", epilog=_EXITS)
    form = verbs.add_parser("form", help="the fields of one order: editable, or why not", epilog=_EXITS)
    preview = verbs.add_parser("preview", help="what a change would do and send; sends nothing", epilog=_EXITS)
    amend = verbs.add_parser("amend", help="send changes and wait for what becomes of them", epilog=_EXITS)
    cancel = verbs.add_parser("cancel", help="cancel orders, and prove it by a list afterwards", epilog=_EXITS)
    for verb in (orders, form, preview, amend, cancel):
        _config(verb, default=argparse.SUPPRESS)
        _journal(verb, argparse.SUPPRESS, argparse.SUPPRESS)
        verb.add_argument("--json", action="store_true", help="one JSON document; numbers as strings")
        verb.add_argument("--timeout", type=_seconds, default=15.0, metavar="S", help="seconds to wait for the venues")
    form.add_argument("order", metavar="ORDER", help="order id, client id or account/id")
    for verb in (preview, amend):
        verb.add_argument(
            "words",
            nargs="*",
            metavar="ORDER… field=value…",
            help="orders by order id, client id or account/id, then what each should have: price=100.5 quantity=2, "
            "price=+3t, price=join, quantity=half, or total=5 for all together",
        )
        verb.add_argument(
            "--from",
            dest="wishes",
            type=_file,
            metavar="FILE",
            help="orders and changes from a table (CSV with the head order,price,quantity) or JSON lines; - is "
            "standard input",
        )
        verb.add_argument("--route", metavar="NAME", help="the way to change it, where the venue offers several")
        verb.add_argument(
            "--nearest", action="store_true", help="where a venue does not take a number, take the nearest it does"
        )
    for verb in (amend, cancel):
        verb.add_argument("--wait", type=_seconds, default=30.0, metavar="S", help="seconds to wait for the outcome")
    amend.add_argument("--confirm", action="store_true", help="confirm the cautions that ask for it")
    preview.set_defaults(confirm=False)  # nothing is sent, so there is nothing to confirm
    cancel.add_argument("orders", nargs="*", metavar="ORDER", help="order id, client id or account/id")
    cancel.add_argument("--account", metavar="NAME", help="every open order of this account")
    cancel.add_argument("--all", action="store_true", help="every open order of every account")
    cancel.add_argument("--confirm", action="store_true", help="confirm that more than one order is cancelled")

    journal = verbs.add_parser(
        "journal",
        help="what happened, from the record alone: every amendment, and whether the record is whole",
        epilog="exit codes: 0 the chain holds, 2 bad input or no journal, 3 the chain is broken or a file was emptied, "
        "4 interrupted",
    )
    _config(journal, default=argparse.SUPPRESS)
    journal.add_argument(
        "--journal",
        type=_file,
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="the journal (by default the one that tickets on --config keep)",
    )
    journal.add_argument(
        "amendment",
        nargs="?",
        metavar="AMENDMENT|ORDER",
        help="one amendment's id, its beginning or its end; or an order id, client id or account/id",
    )
    journal.add_argument("--account", metavar="NAME", help="list the amendments of this account only")
    journal.add_argument(
        "--since",
        type=_moment,
        metavar="TIME",
        help="list those asked since, such as 2026-11-21T09:30 (UTC) or 2026-11-21T10:30+01:00",
    )
    journal.add_argument("--json", action="store_true", help="one JSON document; numbers as strings")

    find = verbs.add_parser(
        "find",
        help="which order somebody means, from whatever they have of it: a part of an id, a price, a time …",
        epilog="exit codes: 0 an order was found, 2 bad input or no journal, 3 none was found, 4 interrupted",
    )
    _config(find, default=argparse.SUPPRESS)
    find.add_argument(
        "--journal",
        type=_file,
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="the journal (by default the one that tickets on --config keep)",
    )
    find.add_argument(
        "text",
        nargs="*",
        metavar="TEXT",
        help="an id of an order, client, amendment, request or execution or a part of it, a symbol, price, side, "
        "state, day or time of day; several narrow. Or a pasted line, header or JSON (- reads "
        "standard input): any id in it leads to its order",
    )
    find.add_argument("--account", metavar="NAME", help="orders of this account only")
    find.add_argument("--since", type=_moment, metavar="TIME", help="orders with news since, as for `redline journal`")
    find.add_argument("--most", type=_count, default=20, metavar="N", help="tell so many at most (default 20)")
    zones.add_options(find)
    find.add_argument("--json", action="store_true", help="one JSON document; numbers as strings, times in UTC")

    story = verbs.add_parser("story", help="what happened to one order, ours or not: who says so, when, in which row")
    why = verbs.add_parser("why", help="why an order is as it is: what is still open, and what would settle it")
    for verb in (story, why):
        _config(verb, default=argparse.SUPPRESS)
        verb.add_argument(
            "--journal",
            type=_file,
            default=argparse.SUPPRESS,
            metavar="FILE",
            help="the journal (by default the one that tickets on --config keep)",
        )
        verb.add_argument(
            "order",
            nargs="+",
            metavar="ORDER",
            help="an id of it or a part of one, or whatever `redline find` takes that means one order only",
        )
        zones.add_options(verb)
        verb.add_argument("--json", action="store_true", help="one JSON document; numbers as strings, times in UTC")
        verb.epilog = "exit codes: 0 told, 2 bad input, no journal or more than one order, 3 no order, 4 interrupted"

    drill = verbs.add_parser(
        "drill",
        help="rehearse what can go wrong, on practice venues of its own",
        epilog="exit codes: 0 every drill played held, 2 bad input or none to play, 3 one did not hold, 4 interrupted",
    )
    drill.add_argument("number", type=int, nargs="?", metavar="N", help="number of the drill; see --list")
    drill.add_argument("--all", action="store_true", help="every drill")
    drill.add_argument("--list", action="store_true", help="the drills, and where one cannot be brought about why")
    drill.add_argument("--venue", metavar="NAME", help="on this practice venue only")
    drill.add_argument("--json", action="store_true", help="one JSON document; numbers as strings")

    simulate = verbs.add_parser(
        "simulate",
        help="the desk and the venues' rules against modelled venues that misbehave, in virtual time",
        epilog="exit codes: 0 every promise held, 2 bad input, 3 a promise was broken, 4 interrupted",
    )
    simulate.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same run (default 1)"
    )
    simulate.add_argument(
        "--amendments", type=_count, default=2000, metavar="M", help="how many shall meet a fault (default 2000)"
    )
    simulate.add_argument("--jobs", type=_jobs, metavar="J", help="processes (default: one for each processor)")
    simulate.add_argument("--first", action="store_true", help="stop at the first broken promise, and tell it as it is")
    simulate.add_argument(
        "--episode", type=_episode, metavar="K", help="play this episode of the seed alone, and tell it"
    )
    simulate.add_argument("--steps", metavar="LIST", help="only these of its steps, as a broken episode names them")
    simulate.add_argument("--json", action="store_true", help="one JSON document")

    doctor = verbs.add_parser(
        "doctor",
        help="check this machine: libraries, fonts, versions",
        epilog="exit codes: 0 nothing stands against opening the window, 2 something does",
    )
    doctor.add_argument("--json", action="store_true", help="one JSON document")
    _verbose(top, 0)
    for verb in verbs.choices.values():
        _verbose(verb, argparse.SUPPRESS)
    return top


def words_of(words: Sequence[str], from_file: bool) -> tuple[list[str], list[str]]:
    """Part the words of `amend` and `preview` into orders and changes: the changes are the last words with a `=`.

    Raises:
        InputError: if one of the two is missing, or a file names them already.
    """
    first = len(words)
    while first > 0 and _CHANGE.match(words[first - 1]):
        first -= 1
    orders, changes = list(words[:first]), list(words[first:])
    if not from_file and orders and changes:
        return orders, changes
    from app.domain.form import InputError  # what only a verb needs is not imported to print the version

    if from_file and words:
        raise InputError("order", "The file names the orders and the changes; leave out those beside --from.")
    if not from_file:
        what = "order" if not orders else "change"
        raise InputError(what, f"No {what} is given; write ORDER field=value, such as 1234 price=100.5.")
    return orders, changes


def _seconds(text: str) -> float:
    """A time to wait. "nan" would wait for ever or not at all, depending on who compares it."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError(f"“{text}” is not a time; write seconds, such as 30")
    return value


def _count(text: str) -> int:
    """A number of things to do."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of one or more")
    return int(text)


def _jobs(text: str) -> int:
    """A number of processes."""
    if (jobs := _count(text)) > MOST_JOBS:
        raise argparse.ArgumentTypeError(f"“{text}” is more than {MOST_JOBS} processes")
    return jobs


def _episode(text: str) -> int:
    """The number of an episode, from 0 on."""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"“{text}” is not the number of an episode")
    return int(text)


def _moment(text: str) -> int:
    """A time in nanoseconds UTC. One without a zone is UTC, as all times that are printed."""
    try:
        return nanoseconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _verbose(to: argparse.ArgumentParser, default: object) -> None:
    to.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=default,
        help="log more on standard error, secrets masked; -vv logs every frame (see also REDLINE_LOG)",
    )


def _config(to: argparse.ArgumentParser, default: object) -> None:
    to.add_argument("--config", type=_file, default=default, metavar="FILE", help="the configuration (TOML)")


def _journal(to: argparse.ArgumentParser, where: object, none: object) -> None:
    kept = to.add_mutually_exclusive_group()
    kept.add_argument(
        "--journal",
        type=_file,
        default=where,
        metavar="FILE",
        help="record everything here (by default the window and amend do, in the user's state directory); tickets of "
        "other configurations look for amendments in flight in that directory, and not here",
    )
    kept.add_argument("--no-journal", action="store_true", default=none, help="record nothing, unseen by other tickets")


def _file(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the file is empty; write one")
    return Path(text)
