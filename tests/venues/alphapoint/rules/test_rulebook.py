"""Forms, locks, the checks of both routes, and what a change would do."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.form import FieldName, IdAfter, QueuePlace, resolve_field
from app.domain.market import Balance, LinkState, Quote
from app.domain.order import Order
from app.domain.plan import Draft, Line, Plan, Surroundings
from app.venues.alphapoint.rules import citations
from tests.venues.alphapoint.samples import NOW, RULES, around, draft, instrument, order, partly


def problems(plan: Plan) -> list[tuple[FieldName | None, str]]:
    """What stands against a draft."""
    return [(each.field, each.text) for each in plan.verdict.problems]


def line(plan: Plan, label: str) -> Line:
    """One line of what will change."""
    assert plan.consequence is not None
    return next(each for each in plan.consequence.lines if each.label == label)


# -- the form --------------------------------------------------------------------------------------------------------


def test_every_field_is_there() -> None:
    """Price only by replace, the amount by both, the stop never; the amount is what should remain."""
    form = RULES.form(partly("0.8", "0.2"), around())
    assert [field.name for field in form.fields] == [FieldName.PRICE, FieldName.QUANTITY, FieldName.STOP]
    price, quantity, stop = form.fields
    assert (price.editable, price.routes, price.current) == (True, ("replace",), Decimal(84110))
    assert (quantity.editable, quantity.routes, quantity.current) == (True, ("reduce", "replace"), Decimal("0.8"))
    assert quantity.meaning == "new remaining"
    assert "0.2 executed of a total of 1" in quantity.hint
    assert (quantity.step, quantity.minimum) == (Decimal("0.0001"), Decimal("0.0001"))
    assert (stop.editable, bool(stop.reason), stop.rule is not None) == (False, True, True)


def test_routes() -> None:
    """Reduce is the default and keeps the place; replace is off until chosen and warns."""
    form = RULES.form(order(), around())
    reduce, swap = form.routes
    assert form.route(None) is reduce
    assert (reduce.queue, reduce.id_after, reduce.opt_in) == (QueuePlace.KEPT, IdAfter.SAME, False)
    assert (swap.queue, swap.id_after, swap.opt_in) == (QueuePlace.LOST, IdAfter.NEW, True)
    assert "place in the queue" in swap.warning


def test_venue_names_are_accepted() -> None:
    """A person may use the venue's own words."""
    form = RULES.form(order(), around())
    assert resolve_field(form, "LimitPrice").name is FieldName.PRICE
    assert resolve_field(form, "Quantity").name is FieldName.QUANTITY
    assert resolve_field(form, "stopprice").name is FieldName.STOP


@pytest.mark.parametrize(
    "changes,word",
    [
        ({"OrderType": "Market"}, "Market"),
        ({"Side": "Short"}, "Short"),
        ({"OrderState": "Unknown"}, "Unknown"),
        ({"OrderState": "Suspended"}, "Suspended"),
        ({"OrderState": "Canceled"}, "Canceled"),
        ({"OrderState": "Expired"}, "Expired"),
        ({"OrderState": "Rejected"}, "Rejected"),
        ({"OrderState": "FullyExecuted"}, "filled"),
    ],
)
def test_whole_order_locks(changes: dict[str, Any], word: str) -> None:
    """One sentence that names the matter, on the form and on every field, with its rule; and nothing is planned."""
    locked = order(**changes)
    form = RULES.form(locked, around())
    assert word in form.locked
    assert form.rule is not None
    assert form.rule.document
    for field in form.fields:
        assert not field.editable
        assert field.reason == form.locked
        assert field.rule is form.rule
    assert not any(route.offered for route in form.routes)
    for route in (None, "replace"):
        plan = RULES.plan(draft(locked, route, quantity="0.5"), around())
        assert plan.target is None
        assert (None, form.locked) in problems(plan)


@pytest.mark.parametrize("reason", ["SystemCanceled_BelowMinimum", "SystemCanceled BelowMinimum", "Trade", None])
def test_known_reasons_lock_nothing(reason: str | None) -> None:
    """In any spelling of the documents, or absent."""
    assert RULES.form(order(ChangeReason=reason), around()).locked == ""


@pytest.mark.parametrize(
    "state,word",
    [
        (
            around(instrument=replace(instrument(), attributes=(("risk_type", "NoTrading"),))),
            "NoTrading",
        ),
        (around(instrument=replace(instrument(), attributes=(("frozen", "true"),))), "frozen"),
        (around(amending=True), "not settled"),
        (around(cancelling=True), "cancelled"),
    ],
)
def test_surroundings_lock(state: Surroundings, word: str) -> None:
    """A barred account, something under way."""
    assert word in RULES.form(order(), state).locked


def test_an_order_told_of_in_short_is_locked() -> None:
    """It could be an iceberg or a quote."""
    told = order()
    assert "in full" in RULES.form(replace(told, attributes=(*told.attributes, ("short", "true"))), around()).locked


def test_every_rule_says_where_it_comes_from() -> None:
    """Document, date read and confidence on whatever is shown."""
    form = RULES.form(order(), around())
    for rule in [field.rule for field in form.fields] + [route.rule for route in form.routes]:
        assert rule is not None
        assert rule.document
        assert rule.read_on == "2026-11-21"


# -- reduce ----------------------------------------------------------------------------------------------------------


def test_a_reduction() -> None:
    """The request carries the new remaining amount; the lines tell remaining, executed and total apart."""
    plan = RULES.plan(draft(partly("1.00", "0.20"), quantity="0.60"), around())
    assert problems(plan) == []
    assert plan.route is not None
    assert plan.route.name == "reduce"
    assert plan.fields == (("PreviousOrderRevision", 0), ("Quantity", Decimal("0.60")))
    assert plan.target is not None
    assert (plan.target.remaining, plan.target.quantity, plan.target.price) == (Decimal("0.6"), Decimal("0.8"), None)
    shown = line(plan, "Remaining")
    assert (shown.now, shown.peak, shown.after, shown.delta) == (1, 1, Decimal("0.6"), Decimal("-0.4"))
    assert (line(plan, "Executed").now, line(plan, "Executed").changed) == (Decimal("0.2"), False)
    assert (line(plan, "Total").now, line(plan, "Total").after) == (Decimal("1.2"), Decimal("0.8"))
    assert line(plan, "Place in queue").after == "kept by the venue's rules; it cannot be checked here"
    assert line(plan, "Order id").after == "same"
    assert plan.consequence is not None
    assert plan.consequence.queue is QueuePlace.KEPT
    assert "1.2 in total" in plan.consequence.worst_case


def test_a_partly_filled_order_is_warned_about() -> None:
    """The documents leave open what the number means; nothing of the kind on an untouched order."""
    plan = RULES.plan(draft(partly("1.00", "0.20"), quantity="0.60"), around())
    assert [caution.text for caution in plan.verdict.cautions] == [
        "The venue's documents do not say whether the new quantity means remaining or total; "
        "this sends the new remaining amount (0.6) and checks the result."
    ]
    assert RULES.plan(draft(order(), quantity="0.6"), around()).verdict.cautions == ()


def test_locked_balance_of_a_reduction() -> None:
    """A sell holds its remaining amount, a buy price times that; it is freed when the change takes effect."""
    sell = RULES.plan(draft(order(), quantity="0.6"), around()).consequence
    assert sell is not None
    assert sell.balance is not None
    assert (sell.balance.currency, sell.balance.delta) == ("BTC", Decimal("-0.4"))
    assert (sell.balance.locked_now, sell.balance.locked_peak, sell.balance.locked_after) == (1, 1, Decimal("0.6"))
    assert (sell.balance.available_now, sell.balance.available_after) == (2, Decimal("2.4"))
    buy = RULES.plan(draft(order(Side="Buy", Price=50000), quantity="0.6"), around()).consequence
    assert buy is not None
    assert buy.balance is not None
    assert (buy.balance.currency, buy.balance.delta) == ("CAD", Decimal(-20000))


@pytest.mark.parametrize("mode", ["omit", " omit "])
def test_revision_may_be_omitted(mode: str) -> None:
    """By the account's switch."""
    plan = RULES.plan(draft(order(), quantity="0.6"), around(switches={"revision_mode": mode}))
    assert plan.fields == (("Quantity", Decimal("0.6")),)


@pytest.mark.parametrize(
    "values,field,word",
    [
        ({"price": "84200"}, FieldName.PRICE, "route “replace”"),
        ({"quantity": "1.5"}, FieldName.QUANTITY, "route “replace”"),
        ({"quantity": "1"}, FieldName.QUANTITY, "Nothing changes"),
        ({}, FieldName.QUANTITY, "Nothing changes"),
        ({"quantity": "0"}, FieldName.QUANTITY, "cancel"),
        ({"quantity": "0.60005"}, FieldName.QUANTITY, "not a multiple"),
        ({"quantity": "0.6", "stop": "80000"}, FieldName.STOP, "cannot change"),
        ({"quantity": "0.6", "take_profit": "9"}, FieldName.TAKE_PROFIT, "no field"),
    ],
)
def test_reductions_that_are_not_sent(values: dict[str, str], field: FieldName, word: str) -> None:
    """Each problem names its field and says what to do; the route is never switched in silence."""
    plan = RULES.plan(draft(order(), **values), around())
    assert plan.target is None
    assert plan.fields == ()
    assert plan.route is not None
    assert plan.route.name == "reduce"
    assert any(name is field and word in text for name, text in problems(plan)), problems(plan)


def test_price_and_smaller_quantity_together_name_the_price() -> None:
    """Half of a draft is never sent."""
    plan = RULES.plan(draft(order(), price="84200", quantity="0.6"), around())
    assert [name for name, _ in problems(plan)] == [FieldName.PRICE]


def test_nearest_legal_values_are_offered() -> None:
    """Both neighbours on the grid; never one that is no reduction."""
    plan = RULES.plan(draft(order(), quantity="0.60005"), around())
    assert plan.verdict.problems[0].nearest == (Decimal("0.6000"), Decimal("0.6001"))
    above = RULES.plan(draft(order(), quantity="0.99995"), around())
    assert above.verdict.problems[0].nearest == (Decimal("0.9999"),)
    too_much = RULES.plan(draft(order(), quantity="2"), around())
    assert too_much.verdict.problems[0].nearest == (Decimal("0.9999"),)


@pytest.mark.parametrize("link", [state for state in LinkState if state is not LinkState.UP])
def test_nothing_is_sent_over_a_broken_link(link: LinkState) -> None:
    """What is on the screen may be old."""
    plan = RULES.plan(draft(order(), quantity="0.6"), around(link=link))
    assert plan.target is None
    assert any("connection" in text for _, text in problems(plan))


def test_an_order_of_one_lot_cannot_be_reduced() -> None:
    """Then only replace or cancel are left; one at the market's minimum, which no document has, can be."""
    assert RULES.form(partly("0.001", "0.2"), around()).routes[0].offered
    form = RULES.form(partly("0.0001", "0.2"), around())
    reduce, swap = form.routes
    assert not reduce.offered
    assert "cannot be reduced further" in reduce.reason
    assert swap.offered


def test_values_that_are_no_numbers_are_problems() -> None:
    """A plan never raises on bad values."""
    for bad in ("much", Decimal("NaN"), Decimal("Infinity"), Decimal(-1)):
        plan = RULES.plan(Draft(order(), ((FieldName.QUANTITY, bad),)), around())
        assert plan.target is None
        assert problems(plan)


def test_an_unknown_route_is_a_problem() -> None:
    """It names the two there are."""
    plan = RULES.plan(draft(order(), "modify", quantity="0.6"), around())
    assert plan.target is None
    assert any("“reduce” or “replace”" in text for _, text in problems(plan))


# -- replace ---------------------------------------------------------------------------------------------------------


def test_a_replacement() -> None:
    """A whole new order: new id, place lost, everything resent, and what cannot be read back is named."""
    plan = RULES.plan(draft(order(), "replace", price="84200", quantity="1.5"), around())
    assert problems(plan) == []
    assert plan.target is not None
    assert (plan.target.price, plan.target.remaining, plan.target.quantity) == (84200, Decimal("1.5"), Decimal("1.5"))
    assert plan.consequence is not None
    assert (plan.consequence.queue, plan.consequence.id_after) == (QueuePlace.LOST, IdAfter.NEW)
    lost = " ".join(plan.consequence.attributes_lost)
    for word in ("time in force", "expiry", "OCO", "post-only"):
        assert word in lost
    confirms = [caution.text for caution in plan.verdict.cautions if caution.confirm]
    assert len(confirms) == 1
    assert "place is lost" in confirms[0]
    names = [name for name, _ in plan.fields]
    assert names == [
        "OrderType",
        "Side",
        "UseDisplayQuantity",
        "DisplayQuantity",
        "LimitPrice",
        "StopPrice",
        "ReferencePrice",
        "PegPriceType",
        "TimeInForce",
        "OrderIdOCO",
        "Quantity",
    ]


def test_both_orders_may_exist_for_a_moment() -> None:
    """The peak of what may trade and of what is held; fills in flight are not taken off the new order."""
    plan = RULES.plan(draft(partly("1.0", "0.2"), "replace", quantity="1.5"), around())
    assert (line(plan, "Remaining").peak, line(plan, "Total").peak) == (Decimal("2.5"), Decimal("2.7"))
    assert plan.consequence is not None
    assert plan.consequence.balance is not None
    assert plan.consequence.balance.locked_peak == Decimal("2.5")
    assert plan.consequence.balance.locked_after == Decimal("1.5")
    assert "2.5 may trade" in plan.consequence.worst_case


@pytest.mark.parametrize(
    "values,field,word",
    [
        ({}, None, "Nothing changes"),
        ({"price": "84110", "quantity": "1.0"}, None, "Nothing changes"),
        ({"quantity": "0.6"}, FieldName.QUANTITY, "route “reduce”"),
        ({"price": "84200.005"}, FieldName.PRICE, "not a multiple"),
        ({"price": "0"}, FieldName.PRICE, "above zero"),
        ({"price": "84200", "quantity": "0"}, FieldName.QUANTITY, "above zero"),
        ({"quantity": "1.00005"}, FieldName.QUANTITY, "not a multiple"),
    ],
)
def test_replacements_that_are_not_sent(values: dict[str, str], field: FieldName | None, word: str) -> None:
    """Each problem names its field; a plain reduction belongs to the other route."""
    plan = RULES.plan(draft(order(), "replace", **values), around())
    assert plan.target is None
    assert any(name is field and word in text for name, text in problems(plan)), problems(plan)


def test_funds_for_the_whole_increase() -> None:
    """Free balance must cover the increase; less than the whole new order gets a word."""
    bid = order(Side="Buy", Price=Decimal(50000))
    enough = RULES.plan(draft(bid, "replace", price="60000", quantity="2"), around())
    assert problems(enough) == []
    just = RULES.plan(draft(bid, "replace", price="60000", quantity="3"), around())
    assert problems(just) == []
    assert any("may refuse it after the old order is gone" in each.text for each in just.verdict.cautions)
    short = RULES.plan(draft(bid, "replace", price="60000", quantity="4"), around())
    assert problems(short) == []
    (word,) = [each for each in short.verdict.cautions if "needs 190000 CAD more and 150000 is free" in each.text]
    assert (word.field, word.confirm, word.rule) == (FieldName.PRICE, True, citations.REPLACE_FUNDS)
    unknown = RULES.plan(draft(bid, "replace", price="60000", quantity="4"), around(balances={}))
    assert any("not known" in each.text for each in unknown.verdict.cautions)


def test_crossing_the_market_asks() -> None:
    """A new price through the book would trade at once; with post-only the venue may refuse it."""
    plan = RULES.plan(draft(order(), "replace", price="84000"), around())
    assert any("trade at once" in each.text and each.confirm for each in plan.verdict.cautions)
    post = RULES.plan(draft(order(OrderFlag="AddedToBook, PostOnly"), "replace", price="84000"), around())
    assert post.verdict.ok
    (word,) = [each for each in post.verdict.cautions if each.rule is citations.POST_ONLY]
    assert (word.field, word.confirm) == (FieldName.PRICE, True)
    assert "84000 meets the best bid 84000, and the order is post-only" in word.text


def test_post_only_is_sent_again_where_it_shows() -> None:
    """It is read from the order's flags, where the deployment gives them."""
    plan = RULES.plan(draft(order(OrderFlag="PostOnly"), "replace", price="84200"), around())
    assert ("PostOnly", True) in plan.fields
    assert plan.consequence is not None
    assert "post-only" not in " ".join(plan.consequence.attributes_lost)


def test_bands_and_collar() -> None:
    """A ceiling asks, and so does a collar."""
    capped = around(instrument=instrument(PriceCeilingLimit=84150, PriceCeilingLimitEnabled=True))
    plan = RULES.plan(draft(order(), "replace", price="84200"), capped)
    assert problems(plan) == []
    assert any("above the 84150" in each.text and each.confirm for each in plan.verdict.cautions)
    collared = around(
        instrument=instrument(PriceCollarPercent=1, PriceCollarEnabled=True),
        quote=Quote("BTCCAD", "", Decimal(84000), Decimal(84050), Decimal(84020), NOW),
    )
    asked = RULES.plan(draft(order(), "replace", price="90000"), collared)
    assert any("collar" in each.text and each.confirm for each in asked.verdict.cautions)


numbers = st.decimals(min_value=0, max_value=10, places=6, allow_nan=False, allow_infinity=False)


@given(numbers, st.sampled_from([None, "reduce", "replace"]), st.none() | numbers)
def test_a_plan_is_sound(quantity: Decimal, route: str | None, price: Decimal | None) -> None:
    """Whatever is typed: what may be sent is on the grid, and by reduce it goes down only and changes no price."""
    values: list[tuple[FieldName, Decimal | str]] = [(FieldName.QUANTITY, quantity)]
    if price is not None:
        values.append((FieldName.PRICE, price * 10000))
    base: Order = partly("1.5", "0.25")
    rich = around(balances={"BTC": Balance("BTC", Decimal(100), Decimal(99), Decimal(1), NOW)})
    plan = RULES.plan(Draft(base, tuple(values), route), rich)
    if plan.target is None:
        assert plan.verdict.problems
        assert plan.fields == ()
        return
    remaining = plan.target.remaining
    assert remaining is not None
    assert remaining % Decimal("0.0001") == 0
    assert dict(plan.fields)["Quantity"] == remaining == quantity
    if route != "replace":
        assert 0 < remaining < base.remaining
        assert plan.target.price is None
        assert "LimitPrice" not in dict(plan.fields)
        assert price is None or price * 10000 == base.price
