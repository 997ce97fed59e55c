"""Slips of a hand at one order of each venue, tried on a desk: what the ticket did, and in which sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.desk.desk import DeskError, Prepared
from app.domain import events as ev
from app.domain.form import FieldName
from app.domain.limits import REFUSE, Limits
from app.domain.market import Instrument, Quote
from app.domain.order import Order, Side
from app.domain.plan import Draft
from tests.helpers.paper_desk import BTC_USD, PaperConnector, PaperDesk, resting
from tests.venues.alphapoint.samples import instrument as alphapoint_market
from tests.venues.alphapoint.samples import order as alphapoint_order
from tests.venues.bitget.samples import SPOT_BTC
from tests.venues.bitget.samples import order as bitget_order
from tests.venues.qfex.samples import APPLE
from tests.venues.qfex.samples import order as qfex_order

D = Decimal

#: What became of a slip.
ASKED, REFUSED, SENT = "asks", "refuses", "sends"


@dataclass(frozen=True)
class Stand:
    """A venue, one order on it beside the market, the market, and the ways to change and to cut the order."""

    account: str
    market: Instrument
    order: Order
    bid: str
    ask: str
    route: str | None = None
    cut_by: str | None = None


STANDS = (
    Stand("bitget", SPOT_BTC, bitget_order(price=D(59000), quantity=D("0.5"), filled=D(0)), "59900.00", "60100.00"),
    Stand("qfex", APPLE, replace(qfex_order(), price=D(200), quantity=D(2), filled=D(0)), "201.95", "202.05"),
    # A sell, whose changes of the price are replacements.
    Stand(
        "alphapoint", alphapoint_market(), alphapoint_order(Price=86000), "84900.00", "85100.00", "replace", "reduce"
    ),
    Stand("bitso", BTC_USD, resting("bitso", "bso1", "btc_usd", "118000.00", "0.5"), "119990", "120050"),
)


@dataclass
class Tried:
    """A desk with that order, and what it said of the last attempt."""

    stand: Stand
    limits: Limits
    paper: PaperDesk = field(init=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.paper = PaperDesk(self.stand.account, limits=self.limits)
        self.paper.market(self.stand.account, self.stand.market, self.stand.bid, self.stand.ask)
        for currency in (self.stand.market.base, self.stand.market.quote):
            self.paper.balance(self.stand.account, currency, "99000000", "90000000")
        self.key = self.paper.order(replace(self.stand.order, account=self.stand.account))

    @property
    def order(self) -> Order:
        return self.paper.desk.state.lineages[self.key].order

    def prepared(self, **changes: Decimal) -> Prepared:
        """What a draft comes to."""
        values = tuple((FieldName(name), value) for name, value in changes.items())
        cuts = "price" not in changes and changes["quantity"] < self.size("1")
        return self.paper.desk.prepare(
            self.key, Draft(self.order, values, self.stand.cut_by if cuts else self.stand.route)
        )

    async def attempt(self, **changes: Decimal) -> tuple[str, str]:
        """Send a change without any consent to a limit of ours: what happened, and the sentence."""
        ready = self.prepared(**changes)
        if ready.command is None:
            return REFUSED, " ".join(each.text for each in ready.plan.verdict.problems)
        asks = [each.text for each in ready.plan.verdict.cautions if each.limit]
        sent = len(self.connector.sent)
        try:
            self.paper.desk.send(ready, confirmed=not asks)
        except DeskError as error:
            await asyncio.sleep(0)
            assert len(self.connector.sent) == sent, "nothing may leave"
            return (ASKED if asks else REFUSED), asks[0] if asks else str(error)
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(self.connector.sent) == sent + 1, "once"
        return SENT, ""

    @property
    def connector(self) -> PaperConnector:
        return self.paper.connectors[self.stand.account]

    def price(self, factor: str) -> Decimal:
        """The order's price times that, on the market's grid."""
        assert self.order.price is not None
        tick = self.stand.market.tick or D("0.01")
        return (self.order.price * D(factor) / tick).to_integral_value() * tick

    def size(self, factor: str) -> Decimal:
        """The field's size times that: the total, or what remains, as the venue's request means it."""
        shown = self.paper.desk.form(self.key).field(FieldName.QUANTITY)
        assert shown is not None
        assert isinstance(shown.current, Decimal)
        return shown.current * D(factor)

    def moves_away(self) -> bool:
        """Whether a lower price is further from the market."""
        return self.order.side is Side.BUY

    async def close(self) -> None:
        """Let go of the desk."""
        await self.paper.desk.close()


# -- the slips ---------------------------------------------------------------------------------------------------------

#: Limits as a careful person would set them.
CAREFUL = Limits(
    hard_growth=D(5),
    soft_change=D("0.10"),
    hard_notional=D(500_000),
    soft_per_minute=D(20),
    hard_per_minute=D(30),
    repeat_within=D(10),
)

Outcome = tuple[str, str]


@dataclass(frozen=True)
class Slip:
    """A slip: in words, under which limits, what must come of it, what the sentence must say, and the hands."""

    words: str
    limits: Limits
    comes: str
    says: str
    hands: Callable[[Tried], Awaitable[Outcome]]


async def _ten_times_the_size(at: Tried) -> Outcome:
    return await at.attempt(quantity=at.size("10"))


async def _three_times_the_size(at: Tried) -> Outcome:
    return await at.attempt(quantity=at.size("3"))


async def _too_much_money(at: Tried) -> Outcome:
    return await at.attempt(quantity=at.size("2"))


async def _a_digit_too_many(at: Tried) -> Outcome:
    return await at.attempt(price=at.price("10"))


async def _a_digit_missing(at: Tried) -> Outcome:
    return await at.attempt(price=at.price("0.1"))


async def _two_digits_swapped(at: Tried) -> Outcome:
    return await at.attempt(price=at.price("0.85" if at.moves_away() else "1.15"))


async def _twice(at: Tried) -> Outcome:
    price = at.price("0.999" if at.moves_away() else "1.001")
    first = await at.attempt(price=price)
    assert first == (SENT, ""), first
    at.paper.refuse(at.stand.account, "1", "Busy.")
    at.paper.clock.pass_time(2)
    return await at.attempt(price=price)


async def _thirty_in_a_minute(at: Tried) -> Outcome:
    step = at.stand.market.tick or D("0.01")
    towards = -step if at.moves_away() else step
    assert at.order.price is not None
    for number in range(1, 31):
        became, said = await at.attempt(price=at.order.price + towards * number)
        assert became == SENT, f"{number}: {said}"
        at.paper.refuse(at.stand.account, "1", "Busy.")
    return await at.attempt(price=at.order.price + towards * 31)


def _no_quote(at: Tried) -> None:
    now, market = at.paper.clock.now(), at.stand.market
    at.paper.happen(
        ev.QuoteSeen(at.stand.account, now, Quote(market.symbol, market.market, None, D(at.stand.ask), None, now))
    )


async def _an_old_market(at: Tried) -> Outcome:
    at.paper.clock.pass_time(601)
    return await at.attempt(price=at.price("1.001" if at.moves_away() else "0.999"))


async def _no_market(at: Tried) -> Outcome:
    _no_quote(at)
    return await at.attempt(price=at.price("1.001" if at.moves_away() else "0.999"))


async def _a_cut_in_an_old_market(at: Tried) -> Outcome:
    at.paper.clock.pass_time(601)
    return await at.attempt(quantity=at.size("0.5"))


async def _away_without_a_market(at: Tried) -> Outcome:
    _no_quote(at)
    return await at.attempt(price=at.price("0.999" if at.moves_away() else "1.001"))


async def _read_only(at: Tried) -> Outcome:
    at.paper.desk.read_only_accounts.add(at.stand.account)
    return await at.attempt(quantity=at.size("0.5"))


#: Every slip, in the order of the table.
SLIPS = (
    Slip("ten times the size", CAREFUL, REFUSED, "times the order's", _ten_times_the_size),
    Slip("three times the size", CAREFUL, ASKED, "is 3.0 times the order's", _three_times_the_size),
    Slip(
        "a size worth more than the account's limit",
        Limits(hard_notional=D(300)),
        REFUSED,
        "would be left to trade, above this account's limit of 300",
        _too_much_money,
    ),
    Slip(
        "the price with a digit too many", CAREFUL, REFUSED, "the ticket refuses more than 3 times", _a_digit_too_many
    ),
    Slip("the price with a digit missing", CAREFUL, REFUSED, "or below 1/3 of it", _a_digit_missing),
    Slip("the price 15 % off, away from the market", CAREFUL, ASKED, "is 15.0 % ", _two_digits_swapped),
    Slip("the same change twice, the first refused", CAREFUL, ASKED, "was asked for 2 s ago", _twice),
    Slip(
        "31 amendments in a minute, each harmless",
        CAREFUL,
        REFUSED,
        "This would be amendment 31 of this account within a minute; its limit is 30; wait a moment.",
        _thirty_in_a_minute,
    ),
    Slip("a price towards a market last seen ten minutes ago", CAREFUL, ASKED, "is 601 s old", _an_old_market),
    Slip(
        "the same, where the account says “refuse”",
        replace(CAREFUL, without_reference=REFUSE),
        REFUSED,
        "this account refuses a new one then",
        _an_old_market,
    ),
    Slip("a price towards a market with an empty side", CAREFUL, ASKED, "no live market price", _no_market),
    Slip("half the size while the market is not known", CAREFUL, SENT, "", _a_cut_in_an_old_market),
    Slip("a price away from a market that is not known", CAREFUL, SENT, "", _away_without_a_market),
    Slip(
        "anything, in an account that is read-only",
        CAREFUL,
        REFUSED,
        "is read-only; release it in the menu of its card",
        _read_only,
    ),
)


async def tried(slip: Slip, stand: Stand) -> Outcome:
    """What came of a slip on a venue."""
    at = Tried(stand, slip.limits)
    try:
        return await slip.hands(at)
    finally:
        await at.close()
