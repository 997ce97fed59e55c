"""From the desk's state to the rows of the list: every text of a row is made here, once, when something changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from app.desk.desk import Desk
from app.desk.state import Lineage
from app.desk.views.attention import Concern, Gap, row_concern
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import Finding, compare
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, places, plain
from app.domain.order import Order, OrderKind, Side, TimeInForce
from app.domain.plan import Terms
from app.ui.look.numbers import age, grouped, tidy_grouped
from app.ui.look.theme import Tone
from app.ui.orders.chips import DRAFT_CHIP, TWO_ORDERS_CHIP, amendment_chip, order_chip
from app.ui.orders.row import Chip, OrderRow

#: Nanoseconds an ended order stays listed: long enough to see what became of it.
LINGER = 60_000_000_000


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

_UNTOLD = "What happened to this order before this start is not known: the journal could not be read whole."

_CHANGED_SINCE = "the order was changed elsewhere since"


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


def at_scale(value: Decimal | None, step: Decimal | None) -> Decimal | None:
    """Return the number with at least the digits of its step, so that a column lines up. Nothing is cut."""
    if value is None or step is None or places(value) >= places(step):
        return value
    with exact():
        return value.quantize(Decimal(1).scaleb(-places(step)))


def touch_bp(order: Order, quote: Quote | None) -> Decimal | None:
    """The order's price against the best opposite price, in basis points: what the market must move to reach it."""
    reference = None if quote is None else (quote.ask if order.side is Side.BUY else quote.bid)
    if order.price is None or reference is None or reference <= ZERO:
        return None
    with exact():
        return ((order.price - reference) / reference * 10_000).quantize(Decimal(1))


def touch_words(bp: Decimal | None) -> str:
    """A distance short enough for its column: basis points near the market, percents away from it."""
    if bp is None:
        return ""
    if abs(bp) < 1000:
        return f"{grouped(bp, sign=True)} bp"
    with exact():
        return f"{grouped((bp / 100).quantize(Decimal('0.1')), sign=True)} %"


class DeskRows:
    """Makes rows of lineages.

    Attributes:
        drafts: what is typed and not sent, by lineage key; the amend panels keep it up to date.
        pinned: lineages to keep listed whatever became of them, because a person is looking at them.
        both_legs: by account, the routes that replace an order by another one.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.drafts: dict[str, DraftShown] = {}
        self.pinned: set[str] = set()
        self.both_legs = {name: venue.rulebook.evidence.both_legs for name, venue in desk.venues.items()}
        self._titles = self._venue_titles()
        self._began = desk.clock.now()

    def _venue_titles(self) -> dict[str, str]:
        titles = {name: venue.profile.title for name, venue in self._desk.venues.items()}
        shared = list(titles.values())
        return {name: title if shared.count(title) == 1 else f"{title} {name}" for name, title in titles.items()}

    def venue(self, account: str) -> str:
        """Name of an account's venue in the list; the account's name is added where two share a venue."""
        return self._titles[account]

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
            or self._desk.clock.now() - lineage.seen_at < LINGER
        )

    def row(self, key: str) -> OrderRow | None:
        """The row of a lineage as it is now, or None where it is not to be listed."""
        lineage = self._desk.state.lineages.get(key)
        if lineage is None or not self.listed(lineage):
            return None
        order, now = lineage.order, self._desk.clock.now()
        account = self._desk.state.accounts[lineage.account]
        instrument = account.instruments.get((order.symbol, order.market))
        amendment = self._desk.state.last_amendment(lineage)
        price_to, quantity_to, remaining_to = self._wish(lineage, amendment)
        tick, lot = _steps(instrument)
        bp = touch_bp(order, account.quotes.get((order.symbol, order.market)))
        permille = _permille(order)
        concern = row_concern(self._desk.state, lineage, self.both_legs)
        chip = TWO_ORDERS_CHIP if concern is Concern.TWO_ORDERS else order_chip(lineage)
        wish = amendment_chip(amendment, now) if amendment is not None else None
        if amendment is not None and wish is not None:
            wish = self._fitted(wish, amendment, lineage)
        draft = self.drafts.get(key)
        panel_tells = amendment is not None and (amendment.is_open or (draft is not None and draft.returned))
        if draft is not None and not panel_tells:
            wish = DRAFT_CHIP
        return OrderRow(
            lineage=key,
            venue=self.venue(lineage.account),
            symbol=order.symbol,
            market=order.market,
            buy=order.side is Side.BUY,
            kind=kind_words(order),
            price=grouped(at_scale(order.price, tick)),
            price_to=grouped(at_scale(price_to, tick)) if price_to is not None else "",
            touch=touch_words(bp),
            quantity=grouped(at_scale(order.quantity, lot)),
            quantity_to=tidy_grouped(quantity_to) if quantity_to is not None else "",
            remaining=grouped(at_scale(order.remaining, lot)),
            remaining_to=tidy_grouped(remaining_to) if remaining_to is not None else "",
            filled_permille=permille,
            filled=f"{permille // 10}%" if permille else "",
            order=chip,
            amendment=wish,
            age=age(now - order.created_at) if order.created_at is not None else "—",
            order_id=order.order_id,
            ids=len(lineage.ids),
            spoken=self._spoken(lineage, amendment, chip.word, wish),
            keys=(
                self.venue(lineage.account).lower() + "\0" + order.symbol.lower(),
                order.symbol.lower(),
                order.side.value,
                kind_words(order),
                order.price,
                bp,
                order.quantity,
                order.remaining,
                permille,
                chip.word,
                wish.word if wish else None,
                -order.created_at if order.created_at is not None else None,
                order.order_id,
            ),
            attention=concern is not None or (amendment is not None and amendment.is_open),
            stale=lineage.stale,
        )

    def _fitted(self, chip: Chip, amendment: Amendment, lineage: Lineage) -> Chip:
        """An amendment's chip with the word that must stay, quiet where the order has other terms again."""
        chip = replace(chip, short=_SHORT.get(amendment.stage, ""))
        if amendment.stage is AmendmentStage.CONFIRMED and self._changed_since(amendment, lineage):
            return replace(chip, tone=Tone.QUIET, note=_CHANGED_SINCE)
        return chip

    def _changed_since(self, amendment: Amendment, lineage: Lineage) -> bool:
        """Return True if the order was changed elsewhere after its amendment was confirmed. A fill is no change."""
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

    def _spoken(self, lineage: Lineage, amendment: Amendment | None, state: str, wish: Chip | None) -> str:
        order = lineage.order
        words = [
            self.venue(lineage.account),
            f"{order.side.value} {plain(order.quantity)} {order.symbol} {order.market}".strip(),
            f"at {plain(order.price)}" if order.price is not None else "without a price",
            state.lower(),
        ]
        if order.filled:
            words.append(f"{plain(order.remaining)} remaining")
        if amendment is not None and amendment.is_open:
            for name, _, new in amendment.asked:
                value = plain(new) if isinstance(new, Decimal) else new
                words.append(f"{name.value.replace('_', ' ')} asked to become {value}")
        if wish is not None:
            words.append(f"amendment {wish.word.lower()}")
            words += [wish.note] if wish.note else []
        if lineage.stale:
            words.append("not proven since the link was lost")
        return ", ".join(words)


def kind_words(order: Order) -> str:
    """Order type and what limits it, as short as a column."""
    word = order.raw_kind if order.kind is OrderKind.OTHER and order.raw_kind else order.kind.value.capitalize()
    extra = []
    if order.post_only:
        extra.append("post")
    if order.reduce_only:
        extra.append("reduce")
    if not extra and order.kind is OrderKind.LIMIT and order.time_in_force is not TimeInForce.UNKNOWN:
        extra.append(order.time_in_force.value.upper())
    return " ".join([word, *extra])


def _steps(instrument: Instrument | None) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if instrument is None else (instrument.tick, instrument.lot)


def _permille(order: Order) -> int:
    if order.quantity <= ZERO or order.filled <= ZERO:
        return 0
    with exact():
        return max(1, min(1000, int(order.filled / order.quantity * 1000)))
