"""One line of the order list, as text and marks ready to be painted.

The row is made when it comes into sight or changes there, not when Qt asks: painting a screen of rows formats nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum

from app.ui.look.theme import Tone

#: Value a column sorts by; None sorts last both ways. All keys of one column are of one kind.
SortKey = Decimal | int | str | None


class Column(IntEnum):
    """The columns, in the order they are shown."""

    VENUE = 0
    SYMBOL = 1
    SIDE = 2
    TYPE = 3
    PRICE = 4
    TOUCH = 5
    QUANTITY = 6
    REMAINING = 7
    FILLED = 8
    ORDER = 9
    AMENDMENT = 10
    AGE = 11
    ORDER_ID = 12


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """Layout of one column.

    Attributes:
        title: its heading.
        right: whether it is aligned to the right, as numbers are.
        width: the least width it is of use with, in device-independent pixels.
        stretch: its share of the room to spare once every column shows all it has.
        drop: in a narrow window columns with a higher number go first; 0 never goes.
        rank: who is given the room its content asks for first; 0 comes first, and a column that is shown gets all
            of it before another one may stay.
        meaning: the heading's tooltip, where the title alone leaves a doubt.
    """

    title: str
    right: bool
    width: int
    stretch: int = 0
    drop: int = 0
    rank: int = 9
    meaning: str = ""


COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec("Venue", False, 102, 0),
    ColumnSpec("Symbol", False, 100, 2, 0, 5),
    ColumnSpec("Side", False, 54, 0),
    ColumnSpec("Type", False, 62, 1, 3, 2),
    ColumnSpec("Price", True, 84, 8, 0, 0, "Limit price; in amber what was asked for and is not confirmed yet"),
    ColumnSpec(
        "Touch", True, 62, 0, 5, 9, "How far the market must come, against the best opposite price, in basis points"
    ),
    ColumnSpec("Quantity", True, 78, 6, 0, 0, "Total size, fills included"),
    ColumnSpec("Remaining", True, 82, 2, 2, 0, "What may still fill"),
    ColumnSpec("Filled", False, 66, 0, 6, 1),
    ColumnSpec("Order", False, 90, 0, 0, 3, "The order's state, as the venue says"),
    ColumnSpec("Amendment", False, 114, 2, 0, 4, "How far your last amendment has come"),
    ColumnSpec("Age", True, 46, 0, 7, 9, "Time since the order was placed"),
    ColumnSpec("Order id", False, 58, 1, 4, 8),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as icon, word and tone, so that it never hangs on colour alone.

    Attributes:
        short: the word without what may go first in a narrow column, a duration or a code; "" where nothing may.
        note: what else is to be said of it, in a few words.
    """

    icon: str
    word: str
    tone: Tone
    short: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """Icon and word."""
        return f"{self.icon} {self.word}" if self.icon else self.word

    @property
    def short_text(self) -> str:
        """Icon and the word that must stay."""
        return f"{self.icon} {self.short}" if self.short else self.text


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One lineage of the list.

    Attributes:
        lineage: id of the lineage; the row's identity for ever.
        venue, symbol, market, kind: words as shown. `buy` tells the side.
        price, quantity, remaining: values as the venue says, `remaining` being what may still fill; `price_to`,
            `quantity_to`, `remaining_to` what was asked for and is not confirmed yet, or what is typed and not sent,
            "" if nothing. A venue's request means the total or what remains; the wish stands where it is meant.
        touch: distance to the market, as shown.
        filled_permille: filled part of the total, 0 to 1000; `filled` the same in words, "" for none.
        order: the venue's truth. amendment: the trader's wish, None if there never was one.
        age: time since the order was placed. order_id: the id now; `ids` how many it has had.
        spoken: the whole order in a sentence, for assistive technology.
        attention: whether it waits for a person.
        world: its account's world in capitals, for whatever leaves the window.
        stale: whether nothing here is proven now: the link is down, or its last reading is too old or not believed.
        ended: whether it can neither fill nor be changed any more.
    """

    lineage: str
    venue: str
    symbol: str
    market: str
    buy: bool
    kind: str
    price: str
    price_to: str
    touch: str
    quantity: str
    quantity_to: str
    remaining: str
    filled_permille: int
    filled: str
    order: Chip
    amendment: Chip | None
    age: str
    order_id: str
    ids: int
    spoken: str
    attention: bool = False
    stale: bool = False
    world: str = ""
    remaining_to: str = ""
    ended: bool = False

    def text(self, column: int) -> str:
        """The cell in words, complete: for copying and for assistive technology."""
        match column:
            case Column.VENUE:
                return self.venue
            case Column.SYMBOL:
                return f"{self.symbol} {self.market}".strip()
            case Column.SIDE:
                return "▲ Buy" if self.buy else "▼ Sell"
            case Column.TYPE:
                return self.kind
            case Column.PRICE:
                return f"{self.price} → {self.price_to}" if self.price_to else self.price
            case Column.TOUCH:
                return self.touch
            case Column.QUANTITY:
                return f"{self.quantity} → {self.quantity_to}" if self.quantity_to else self.quantity
            case Column.REMAINING:
                return f"{self.remaining} → {self.remaining_to}" if self.remaining_to else self.remaining
            case Column.FILLED:
                return self.filled or "0%"
            case Column.ORDER:
                return self.order.text
            case Column.AMENDMENT:
                return self.amendment.text if self.amendment else "—"
            case Column.AGE:
                return self.age
            case _:
                return self.order_id if self.ids < 2 else f"{self.order_id} ({self.ids} ids)"

    def tooltip(self, column: int) -> str:
        """The cell in words, with what is noted beside its chip."""
        chip = {Column.ORDER: self.order, Column.AMENDMENT: self.amendment}.get(Column(column))
        note = chip.note if chip is not None else ""
        return f"{self.text(column)}: {note}" if note else self.text(column)


def blank_row(lineage: str, standing: Chip, spoken: str) -> OrderRow:
    """Return the row of a lineage without a figure: where it stands, and the same in words."""
    return OrderRow(
        lineage=lineage,
        venue="",
        symbol="",
        market="",
        buy=False,
        kind="—",
        price="—",
        price_to="",
        touch="",
        quantity="—",
        quantity_to="",
        remaining="—",
        filled_permille=0,
        filled="",
        order=standing,
        amendment=None,
        age="—",
        order_id="",
        ids=0,
        spoken=spoken,
    )


def gone_row(lineage: str) -> OrderRow:
    """Return the row of a lineage of which nothing is known any more, for the moment until it leaves the list."""
    standing = Chip("", "Not listed any more", Tone.QUIET)
    return replace(blank_row(lineage, standing, "order that is not listed any more"), ended=True)


def column_widths(
    room: int, wants: Mapping[Column, int] | None = None, least: Mapping[Column, int] | None = None
) -> dict[Column, int]:
    """Share `room` pixels out among the columns.

    Columns that do not fit are left out, the least needed first; those marked never to go stay even if they do not
    fit. The room goes by rank to the columns whose content needs more than their least width, and what is to spare
    then by stretch.

    Args:
        room: the width of the list.
        wants: the width in which a column shows all it has, where that is known. A column of rank 0 holds a value and
            what it is to become; it is given that room before any other column is.
        least: the width below which a column would cut a word that must be read; columns are left out before that.
    """
    wanted = {column: max(COLUMNS[column].width, (wants or {}).get(column, 0)) for column in Column}
    needed = {column: max(COLUMNS[column].width, (least or {}).get(column, 0)) for column in Column}
    widths = {column: needed[column] if COLUMNS[column].rank else wanted[column] for column in Column}
    while sum(widths.values()) > room:
        candidates = [column for column in widths if COLUMNS[column].drop]
        if not candidates:
            break
        del widths[max(candidates, key=lambda column: COLUMNS[column].drop)]
    spare = max(0, room - sum(widths.values()))
    for column in sorted(widths, key=lambda column: COLUMNS[column].rank):
        more = min(spare, max(0, wanted[column] - widths[column]))
        widths[column] += more
        spare -= more
    shares = sum(COLUMNS[column].stretch for column in widths)
    given = {column: spare * COLUMNS[column].stretch // shares for column in widths}
    widths = {column: width + given[column] for column, width in widths.items()}
    widths[Column.PRICE] += spare - sum(given.values())
    return widths
