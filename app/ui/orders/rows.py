"""From the desk's state to the rows of the list: what a row sorts by, and every text of it where it is seen.

What a column sorts by and what it shows come from the same functions, so that they cannot tell different things.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from app.desk.desk import Desk
from app.desk.state import Lineage
from app.desk.views.attention import Concern, Gap, row_concern
from app.desk.views.freshness import Staleness
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import Finding, compare
from app.domain.order import Side
from app.domain.plan import Terms
from app.ui.look.numbers import age, as_digits, grouped, tidy_grouped
from app.ui.look.texts import shortened
from app.ui.look.theme import Tone
from app.ui.orders.cells import at_scale, kind_words, permille_filled, ranked, steps, touch_bp, touch_words
from app.ui.orders.chips import DRAFT_CHIP, ELSEWHERE_CHIP, TWO_ORDERS_CHIP, amendment_chip, order_chip
from app.ui.orders.naming import OrderName, order_name
from app.ui.orders.row import Chip, Column, OrderRow, SortKey, blank_row
from app.ui.orders.standing import doubt_chip, stale_chip, stale_spoken, stale_words

#: Nanoseconds an ended order stays listed: long enough to see what became of it.
LINGER = 60_000_000_000

#: Markets whose place in the list is kept as one text.
_MOST_PLACES = 10_000

#: Words of a chip of the list where a duration, a code or the rest of its words do not fit.
_SHORT = {
    AmendmentStage.QUEUED: "Waits",
    AmendmentStage.WRITTEN: "Sent",
    AmendmentStage.ACKNOWLEDGED: "Not confirmed",
    AmendmentStage.UNKNOWN: "Unknown",
    AmendmentStage.CONFIRMED: "Confirmed",
    AmendmentStage.REFUSED: "Refused",
    AmendmentStage.DIFFERENT: "Different",
}

#: Noted beside an amendment without an outcome where one that was sent after it has its own already.
_BEHIND = {
    AmendmentStage.REFUSED: "a later one was refused",
    AmendmentStage.NOT_APPLIED: "a later one was not applied",
    AmendmentStage.DIFFERENT: "a later one came out different",
    AmendmentStage.OVERTAKEN: "a later one was overtaken",
}

_UNTOLD = "What happened to this order before this start is not known: the journal could not be read whole."

_CHANGED_SINCE = "the order has other terms now"


@dataclass(frozen=True, slots=True)
class DraftShown:
    """Terms of a draft as the list shows them; `remaining` where the request means that.

    `returned` tells that it is what was sent and refused, untouched since, or that it cannot be sent because the order
    is locked after a refusal: the row then goes on saying "refused".
    """

    price: Decimal | None
    quantity: Decimal | None
    returned: bool = False
    remaining: Decimal | None = None


class DeskRows:
    """Makes rows of lineages.

    Attributes:
        drafts: what is typed and not sent, by lineage key; the amend panels keep it up to date.
        pinned: lineages to keep listed whatever became of them, because a person is looking at them.
        both_legs: by account, the routes that replace an order by another one.
        asks_for_a_look: whether an amendment of a row came out otherwise, and nobody has looked at that.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.asks_for_a_look: Callable[[str], bool] = lambda lineage: False
        self.drafts: dict[str, DraftShown] = {}
        self.pinned: set[str] = set()
        self.both_legs = {name: venue.rulebook.evidence.both_legs for name, venue in desk.venues.items()}
        self._titles = self._venue_titles()
        self._places: dict[tuple[str, str], str] = {}
        self._began = desk.clock.now()

    def _venue_titles(self) -> dict[str, str]:
        titles = {name: venue.profile.title for name, venue in self._desk.venues.items()}
        shared = list(titles.values())
        names = {name: title if shared.count(title) == 1 else f"{title} {name}" for name, title in titles.items()}
        worlds = {name: account.world for name, account in self._desk.accounts.items()}
        if len(set(worlds.values())) < 2:
            return names
        # Orders of several worlds in one list: each says which it is of.
        return {name: f"{self.world(name)} {title}" for name, title in names.items()}

    def venue(self, account: str) -> str:
        """Name of an account's venue in the list; the account's name is added where two share a venue."""
        return self._titles[account]

    def world(self, account: str) -> str:
        """World of an account in capitals; `REPLAY of LIVE` where it is the record of one."""
        return self._desk.accounts[account].world

    def name(self, key: str) -> OrderName | None:
        """Name of a lineage's order as it is now; None where there is none of that key."""
        lineage = self._desk.state.lineages.get(key)
        if lineage is None:
            return None
        return order_name(lineage.order, self._desk.accounts[lineage.account], self.venue(lineage.account))

    def gap(self) -> Gap | None:
        """Gap in the journal; None while none is known of."""
        standing = self._desk.journal
        return Gap(standing.broken, self._began) if standing is not None and standing.broken else None

    def untold(self, lineage: Lineage) -> str:
        """One sentence where nothing from before this start is known of an order because of the journal, else ""."""
        known = lineage.first_at is not None and lineage.first_at < self._began
        young = (lineage.order.created_at or 0) >= self._began
        return "" if known or young or self.gap() is None else _UNTOLD

    def listed(self, lineage: Lineage) -> bool:
        """Return True while a lineage has a row."""
        return (
            lineage.order.is_open
            or lineage.key in self.pinned
            or self._desk.state.open_amendment(lineage) is not None
            or self.asks_for_a_look(lineage.key)
            or self._desk.clock.now() - lineage.seen_at < LINGER
        )

    def stale(self, lineage: Lineage) -> Staleness | None:
        """Return since when a row is not proven and when it is read next; None while it is as fresh as promised."""
        return self._desk.staleness(lineage)

    def note(self, key: str) -> str:
        """Return the clause on a row that is not proven now, for its tooltip and its column; "" where it is."""
        lineage = self._desk.state.lineages.get(key)
        stale = self.stale(lineage) if lineage is not None else None
        return stale_words(stale, self._desk.clock.now()) if stale is not None else ""

    def bare(self, key: str) -> OrderRow | None:
        """Return the row of a lineage whose figures cannot be shown: what it is called, and that it is not shown."""
        lineage = self._desk.state.lineages.get(key)
        if lineage is None:
            return None
        order, chip = lineage.order, Chip("✕", "Cannot be shown", Tone.BAD)
        venue, symbol, order_id = self.venue(lineage.account), shortened(order.symbol), shortened(order.order_id)
        return replace(
            blank_row(key, chip, f"{venue}, order {order_id} in {symbol}, cannot be shown"),
            venue=venue,
            symbol=symbol,
            market=shortened(order.market),
            buy=order.side is Side.BUY,
            order_id=order_id,
            ids=len(lineage.ids),
            attention=True,
            stale=True,
            world=self.world(lineage.account),
        )

    def row(self, key: str) -> OrderRow | None:
        """The row of a lineage as it is now, or None where it is not to be listed."""
        lineage = self._desk.state.lineages.get(key)
        return self.made(lineage) if lineage is not None and self.listed(lineage) else None

    def made(self, lineage: Lineage) -> OrderRow:
        """The row of a lineage as it is now, whether it is to be listed or not."""
        key, order, now = lineage.key, lineage.order, self._desk.clock.now()
        account = self._desk.state.accounts[lineage.account]
        amendment = self._desk.state.spoken_amendment(lineage)
        price_to, quantity_to, remaining_to = self._wish(lineage, amendment)
        tick, lot = steps(account.instruments.get((order.symbol, order.market)))
        permille = permille_filled(order)
        concern = self._concern(lineage)
        stale = self.stale(lineage)
        state = self._state(lineage, concern)
        wish = self._wish_chip(lineage, amendment, now)
        return OrderRow(
            lineage=key,
            venue=self.venue(lineage.account),
            symbol=shortened(order.symbol),
            market=shortened(order.market),
            buy=order.side is Side.BUY,
            kind=kind_words(order),
            price=grouped(at_scale(order.price, tick)),
            price_to=grouped(at_scale(price_to, tick)) if price_to is not None else "",
            touch=touch_words(self._touch(lineage)),
            quantity=grouped(at_scale(order.quantity, lot)),
            quantity_to=tidy_grouped(quantity_to) if quantity_to is not None else "",
            remaining=grouped(at_scale(order.remaining, lot)),
            remaining_to=tidy_grouped(remaining_to) if remaining_to is not None else "",
            filled_permille=permille,
            filled=f"{permille // 10}%" if permille else "",
            world=self.world(lineage.account),
            order=_standing(state, lineage, concern, stale),
            amendment=wish,
            age=age(now - order.created_at) if order.created_at is not None and order.is_open else "—",
            order_id=shortened(order.order_id),
            ids=len(lineage.ids),
            spoken=self._spoken(lineage, amendment, state, wish, stale),
            attention=self.waits(lineage),
            stale=stale is not None,
            ended=not order.is_open,
        )

    def key(self, lineage: Lineage, column: Column) -> SortKey:
        """Return what a row sorts by in a column; None where it has no value there."""
        order = lineage.order
        match column:
            case Column.VENUE:
                return self._place(lineage.account, order.symbol)
            case Column.SYMBOL:
                return order.symbol.lower()
            case Column.SIDE:
                return order.side.value
            case Column.TYPE:
                return kind_words(order)
            case Column.PRICE:
                return ranked(order.price)
            case Column.TOUCH:
                return self._touch(lineage)
            case Column.QUANTITY:
                return ranked(order.quantity)
            case Column.REMAINING:
                return ranked(order.remaining)
            case Column.FILLED:
                return permille_filled(order)
            case Column.ORDER:
                return self._state(lineage, self._concern(lineage)).word
            case Column.AMENDMENT:
                spoken = self._desk.state.spoken_amendment(lineage)
                wish = self._wish_chip(lineage, spoken, self._desk.clock.now())
                return wish.word if wish is not None else None
            case Column.AGE:
                return -order.created_at if order.created_at is not None else None
            case _:
                return order.order_id

    def _place(self, account: str, symbol: str) -> str:
        """Venue and symbol in one text, the same one for all rows that share them."""
        place = self._places.get((account, symbol))
        if place is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            place = self._places[account, symbol] = self.venue(account).lower() + "\0" + symbol.lower()
        return place

    def _touch(self, lineage: Lineage) -> Decimal | None:
        quotes, order = self._desk.state.accounts[lineage.account].quotes, lineage.order
        return touch_bp(order, quotes.get((order.symbol, order.market)))

    def _concern(self, lineage: Lineage) -> Concern | None:
        return row_concern(self._desk.state, lineage, self.both_legs)

    def waits(self, lineage: Lineage) -> bool:
        """Return True if a row waits for a person."""
        waiting = self._concern(lineage) is not None or self._desk.state.open_amendment(lineage) is not None
        return waiting or self.asks_for_a_look(lineage.key)

    @staticmethod
    def _state(lineage: Lineage, concern: Concern | None) -> Chip:
        return TWO_ORDERS_CHIP if concern is Concern.TWO_ORDERS else order_chip(lineage)

    def _wish_chip(self, lineage: Lineage, amendment: Amendment | None, now: int) -> Chip | None:
        """Return the chip of the trader's wish; None if there never was one."""
        wish = amendment_chip(amendment, now) if amendment is not None else None
        if amendment is not None and wish is not None:
            wish = self._fitted(wish, amendment, lineage)
            if not lineage.order.is_open and wish.tone is Tone.GOOD:
                wish = replace(wish, tone=Tone.QUIET)  # what was confirmed has ended since
            if amendment.is_open and (behind := self._desk.state.last_amendment(lineage)) is not None:
                wish = replace(wish, note=_BEHIND.get(behind.stage, wish.note))
        if lineage.elsewhere and lineage.order.is_open and (amendment is None or _is_past(amendment, lineage)):
            wish = replace(ELSEWHERE_CHIP, note=lineage.elsewhere)
        draft = self.drafts.get(lineage.key)
        panel_tells = amendment is not None and (amendment.is_open or (draft is not None and draft.returned))
        return DRAFT_CHIP if draft is not None and not panel_tells else wish

    def _fitted(self, chip: Chip, amendment: Amendment, lineage: Lineage) -> Chip:
        """An amendment's chip with the word that must stay, quiet where the order has other terms again."""
        chip = replace(chip, short=_SHORT.get(amendment.stage, ""))
        if amendment.stage is AmendmentStage.CONFIRMED and self._changed_since(amendment, lineage):
            return replace(chip, tone=Tone.QUIET, note=_CHANGED_SINCE)
        return chip

    def _changed_since(self, amendment: Amendment, lineage: Lineage) -> bool:
        """Return True if the order shows other terms than those confirmed. A fill is no change."""
        order, target = lineage.order, amendment.command.target
        if not order.is_open or not compare(target, order):
            return False
        # The venue's own rules know what it rounds.
        rules = self._desk.venues[lineage.account].rulebook
        return rules.judge(amendment.command, order).finding is not Finding.APPLIED

    def _wish(
        self, lineage: Lineage, amendment: Amendment | None
    ) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The price and size the trader asked for and has not got yet, or has typed and not sent.

        The size is a total, or what is to remain where the venue's request means that; never both.
        """
        order = lineage.order
        if amendment is not None and amendment.is_open:
            target: Terms | DraftShown = amendment.command.target
        elif lineage.key in self.drafts:
            target = self.drafts[lineage.key]
        else:
            return None, None, None
        price = target.price if target.price != order.price else None
        if target.remaining is not None:
            return price, None, target.remaining if target.remaining != order.remaining else None
        return price, target.quantity if target.quantity != order.quantity else None, None

    def _spoken(
        self, lineage: Lineage, amendment: Amendment | None, state: Chip, wish: Chip | None, stale: Staleness | None
    ) -> str:
        order = lineage.order
        words = [
            self.venue(lineage.account),
            f"{order.side.value} {as_digits(order.quantity)} {order.symbol} {order.market}".strip(),
            f"at {as_digits(order.price)}" if order.price is not None else "without a price",
            state.word.lower(),
        ]
        if lineage.doubt is not None and order.is_open:
            words.append(f"unreadable and locked, {lineage.doubt.text}")
        if order.filled and order.is_open:
            words.append(f"{as_digits(order.remaining)} remaining")
        elif order.unfilled and not order.is_open:
            words.append(f"{as_digits(order.unfilled)} left when it ended")
        if amendment is not None and amendment.is_open:
            for name, _, new in amendment.asked:
                value = as_digits(new) if isinstance(new, Decimal) else new
                words.append(f"{name.value.replace('_', ' ')} asked to become {value}")
        if wish is not None:
            words.append(f"amendment {wish.word.lower()}")
            words += [wish.note] if wish.note else []
        if stale is not None:
            words.append(stale_spoken(stale, self._desk.clock.now()))
        return shortened(", ".join(words))


def _is_past(amendment: Amendment, lineage: Lineage) -> bool:
    """Return True if an order was changed elsewhere since its amendment had its outcome."""
    return not amendment.is_open and lineage.elsewhere_at > amendment.latest.at


def _standing(state: Chip, lineage: Lineage, concern: Concern | None, stale: Staleness | None) -> Chip:
    """Return the chip of the venue's truth, with what is most in doubt about it."""
    if concern in (Concern.TWO_ORDERS, Concern.NOT_FOUND):
        return state
    if lineage.doubt is not None and lineage.order.is_open:
        return doubt_chip(lineage.doubt)
    return stale_chip(state) if stale is not None and not lineage.cancelling else state
