"""AlphaPoint's rules as pure code: what may change, what it would do, and what proves that it happened.

Two routes, never merged: *reduce* (`ModifyOrder`) lowers what remains and keeps the place in the queue; *replace*
(`CancelReplaceOrder`) is for a new price or a larger amount, loses the place and gives a new order id.
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.amendment import Command
from app.domain.evidence import SECOND, EvidencePolicy, Judgement
from app.domain.form import Form
from app.domain.money import ZERO, exact
from app.domain.order import Order, Side
from app.domain.plan import Draft, Plan, Surroundings, Terms, WireValue
from app.venues.alphapoint.rules import checks, citations, consequence, form, judge
from app.venues.alphapoint.wire.values import plain_word
from app.venues.alphapoint.wire.vocabulary import REPLACE, REVISION_MODE

_LIMIT, _GTC = 2, 1
_SIDE_NUMBERS = {Side.BUY: 0, Side.SELL: 1}
_PEG_NUMBERS = {"last": 1, "bid": 2, "ask": 3, "midpoint": 4}

#: How long a venue may take to carry out what it received before a look-up with the old terms refutes it.
SETTLE = 10 * SECOND


class AlphaPointRulebook:
    """The rulebook. Deterministic: no clock, no randomness, no I/O."""

    evidence = EvidencePolicy(
        settle_after=SETTLE,
        # The last one lies a little past the settling time, so that it can refute.
        probe_after=tuple(
            int(seconds * SECOND) for seconds in (Decimal("0.3"), Decimal("0.8"), 2, 4, 7, Decimal("10.2"))
        ),
        probe_every=30 * SECOND,
        answer_within=SETTLE,
        acknowledged="Request received by the venue, not yet confirmed; the order may still have its old terms.",
        rule=citations.RECEIPT,
        # Orders are pushed, and listed every 20 s; the rest is for the beat that looks and for a reply that takes long.
        reread_within=45 * SECOND,
    )

    def form(self, order: Order, around: Surroundings) -> Form:
        """Return the fields of this order now; every field is there, a locked one says why."""
        return form.form(order, around)

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Return what a draft comes to. `QUANTITY` is the amount that should remain, on either route."""
        made = form.form(draft.base, around)
        route = made.route(draft.route)
        asked = checks.asked_of(draft)
        verdict = checks.verdict(draft, asked, made, around)
        order = draft.base
        replaces = route is not None and route.name == REPLACE
        shown = None
        if route is not None and asked.remaining > ZERO and (asked.price is None or asked.price > ZERO):
            shown = (
                consequence.of_replacement(order, asked.price, asked.remaining, around)
                if replaces
                else consequence.of_reduction(order, asked.remaining, around)
            )
        if not verdict.ok or route is None:
            return Plan(draft, route, verdict, consequence=shown)
        if replaces:
            # The replacement is an order of its own: nothing is filled of it, so its total is what remains.
            target = Terms(price=asked.price, quantity=asked.remaining, remaining=asked.remaining)
            fields = _replace_fields(order, asked.price, asked.remaining)
        else:
            with exact():
                target = Terms(quantity=order.filled + asked.remaining, remaining=asked.remaining)
            fields = _reduce_fields(asked.remaining, around.switches.get(REVISION_MODE, "zero").strip())
        return Plan(draft, route, verdict, target, fields, shown)

    def judge(self, command: Command, seen: Order) -> Judgement:
        """Return what a seen order says about a command, by its effective total; see `judge`."""
        return judge.judge(command, seen)

    def claims(self, command: Command, seen: Order) -> bool:
        """Return True for an order under an unknown id that is the replacement asked for, the old one having ended."""
        return judge.claims(command, seen)


def _reduce_fields(remaining: Decimal, revision_mode: str) -> tuple[tuple[str, WireValue], ...]:
    """Return what a reduction sends.

    PreviousOrderRevision may be 0, no order object shows a revision (NDAX HTTP documentation, documented). KIIEX lists
    the field as required; AlphaPoint's own documentation dropped it with version 3.5.
    """
    if revision_mode == "omit":
        return (("Quantity", remaining),)
    return (("PreviousOrderRevision", 0), ("Quantity", remaining))


def _replace_fields(order: Order, price: Decimal | None, remaining: Decimal) -> tuple[tuple[str, WireValue], ...]:
    """A whole new order: nothing is documented as inherited."""
    fields: list[tuple[str, WireValue]] = [
        ("OrderType", _LIMIT),
        ("Side", _SIDE_NUMBERS[order.side]),
        ("UseDisplayQuantity", False),
        ("DisplayQuantity", 0),
        ("LimitPrice", price if price is not None else ZERO),
        ("StopPrice", 0),
        ("ReferencePrice", 0),
        ("PegPriceType", _PEG_NUMBERS.get(plain_word(order.attribute("peg")), 0)),
        ("TimeInForce", _GTC),
        ("OrderIdOCO", 0),
        ("Quantity", remaining),
    ]
    if order.post_only:
        fields.append(("PostOnly", True))
    return tuple(fields)
