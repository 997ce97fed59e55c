"""Wishes for many orders as a file has them: a table with a head (CSV), or one JSON object a line.

    order,price,quantity            {"order": "1234", "price": "100.5"}
    1234,100.5,                     {"order": "5678", "price": "+3t", "route": "replace"}
    5678,+3t,2

An empty cell asks for nothing. Numbers are taken as they are written, digit for digit.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.form import InputError

#: Name of the column with the order, and of the one with the route.
ORDER, ROUTE = "order", "route"

#: Names that look like fields and are none, and what does what they seem to ask for.
_NO_FIELDS = {
    "cancel": "`redline cancel` cancels orders",
    "total": "give the orders and total=… without a file",
}

#: Most bytes and most rows of a file of wishes: more is none that a person wrote for orders of theirs.
MOST_BYTES, MOST_ROWS = 4_000_000, 10_000

#: Most wrong rows of a file, or wrong orders, that are told at once.
MOST_FAULTS = 10


class Faults(InputError):
    """Several wrong inputs at once, each told in a line of its own.

    Attributes:
        each: a sentence for each, at most as many as a person reads, and one that counts the rest.
    """

    def __init__(self, field: str, faults: Sequence[str]) -> None:
        """Take the sentences in.

        Args:
            field: the input they are about.
            faults: a sentence for each, one or more.
        """
        more = len(faults) - MOST_FAULTS
        rest = [f"{more} more {'are' if more > 1 else 'is'} wrong."] if more > 0 else []
        self.each = (*faults[:MOST_FAULTS], *rest)
        super().__init__(field, " ".join(self.each))


@dataclass(frozen=True, slots=True)
class FileWish:
    """Wish of one row of a file.

    Attributes:
        order: order id, client id or account/id, as written.
        changes: each as `field=value`.
        route: "" where none is named.
        line: where it stands, for sentences about it.
    """

    order: str
    changes: tuple[str, ...]
    route: str
    line: int


def read_file(path: Path) -> list[FileWish]:
    """Read a file of wishes; `-` is standard input.

    Raises:
        InputError: in one sentence that names the file, the line and what to write instead; `Faults` with one for each
            wrong line.
    """
    name = "standard input" if str(path) == "-" else str(path)
    try:
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if str(path) == "-" else _bytes_of(path)
        if len(data) > MOST_BYTES:
            raise InputError("--from", f"{name} has more than {MOST_BYTES:,} bytes; give a smaller file.")
        return read_wishes(data.decode("utf-8-sig"), name)
    except OSError as error:
        raise InputError("--from", f"{name} cannot be read ({error.strerror}); name another file.") from error
    except UnicodeDecodeError as error:
        raise InputError("--from", f"{name} is not UTF-8 text; save it as UTF-8.") from error


def read_wishes(text: str, name: str) -> list[FileWish]:
    """Read the text of a file of wishes.

    Args:
        text: the whole of it.
        name: what the file is called in sentences.

    Raises:
        InputError: in one sentence that names the line and what to write instead; `Faults` with one for each.
    """
    if text.lstrip().startswith("["):
        raise InputError("--from", f"{name} is one JSON list; write one object a line, without the list around them.")
    faults: list[str] = []
    rows = list(_objects(text, name, faults) if text.lstrip().startswith("{") else _table(text, name, faults))
    if faults:
        raise Faults("--from", faults)
    if not rows:
        raise InputError("--from", f"{name} names no order; write a row for each, under the head order,price,quantity.")
    if len(rows) > MOST_ROWS:
        raise InputError("--from", f"{name} has more than {MOST_ROWS:,} rows; give a smaller file.")
    known: dict[str, int] = {}
    for row in rows:
        if row.order in known:
            where = f"lines {known[row.order]} and {row.line}"
            raise InputError("--from", f"{name} names order “{row.order}” in {where}; name each order once.")
        known[row.order] = row.line
    return rows


def _bytes_of(path: Path) -> bytes:
    if not path.is_file() and path.exists():
        raise InputError("--from", f"{path} is no file; name one.")
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _table(text: str, name: str, faults: list[str]) -> Iterator[FileWish]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    head: list[str] = []
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not head:
                head = [cell.strip().lower() for cell in cells]
                _check_head(head, name)
                continue
            if len(cells) > len(head):
                faults.append(f"{name}, line {lines.line_num}: more cells than the head has; leave some out.")
                continue
            row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
            yield from _wish(row, name, lines.line_num, faults)
    except csv.Error as error:
        raise InputError("--from", f"{name}, line {lines.line_num}: not a table ({error}); write it as CSV.") from error


def _check_head(head: list[str], name: str) -> None:
    if len(head) == 1 and re.search(r"[;\t|]", head[0]):
        raise InputError("--from", f"{name}: its columns are not parted by commas; save it as CSV with commas.")
    if ORDER not in head:
        raise InputError("--from", f"{name} has no column “order” in its head; begin it with order,price,quantity.")
    if len(set(head)) < len(head) or not all(head):
        raise InputError("--from", f"{name}: each column of the head needs a name of its own.")


def _objects(text: str, name: str, faults: list[str]) -> Iterator[FileWish]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            # Numbers stay the text they are: none of them goes through a float.
            found: Any = json.loads(line, parse_float=str, parse_int=str, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            text_of = "names a field twice" if isinstance(error, _TwiceError) else "is no JSON object"
            faults.append(f"{name}, line {number} {text_of}; write one object a line.")
            continue
        if not isinstance(found, dict) or not all(isinstance(each, str | None) for each in found.values()):
            faults.append(f"{name}, line {number}: write an object of texts and numbers.")
            continue
        yield from _wish({str(key).lower(): value or "" for key, value in found.items()}, name, number, faults)


class _TwiceError(ValueError):
    """A JSON object has a name twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key.lower() for key, _ in pairs}) < len(pairs):
        raise _TwiceError
    return dict(pairs)


def _wish(cells: dict[str, str], name: str, line: int, faults: list[str]) -> Iterator[FileWish]:
    """Yield the wish of one row, or say what is wrong with it: all such rows are told at once."""
    order = cells.pop(ORDER, "")
    route = cells.pop(ROUTE, "")
    changes = tuple(f"{field}={value}" for field, value in cells.items() if value)
    word = next((word for word in _NO_FIELDS if cells.get(word)), "")
    if not order:
        faults.append(f"{name}, line {line} names no order; write its id under “order”.")
    elif word:
        faults.append(f"{name}, line {line}: “{word}” is no field of an order; {_NO_FIELDS[word]}.")
    elif not changes:
        faults.append(f"{name}, line {line} asks for nothing of order “{order}”; write a price or another field.")
    else:
        yield FileWish(order, changes, route, line)
