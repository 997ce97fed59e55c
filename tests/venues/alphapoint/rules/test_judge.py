"""The verdict table, row by row, and the property that fills around a reduction are never mistaken for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.evidence import Finding
from app.domain.form import FieldName
from app.domain.order import Order
from app.venues.alphapoint.rules.judge import NAMED, NO_HEIR, OLD_LEG, OLD_LEG_ENDED, STATES, changed_since
from tests.venues.alphapoint.samples import RULES, order, partly, reduction, replacement

# R0 = 1.0, E0 = 0.2, T0 = 1.2; asked: 0.6 remaining, so the total should become 0.8.
BASE = partly("1.0", "0.2")
COMMAND = reduction(BASE, "0.6")


@pytest.mark.parametrize(
    "remaining,executed,finding",
    [
        # Row 1: exactly what was asked.
        ("0.6", "0.2", Finding.APPLIED),
        # Row 2: fills before it, after it, around it; the bounds of the total are inclusive.
        ("0.6", "0.35", Finding.APPLIED),
        ("0.45", "0.35", Finding.APPLIED),
        ("0.1", "0.7", Finding.APPLIED),
        ("0.6", "0.59", Finding.APPLIED),
        # Row 3: the total is the old one, whatever filled.
        ("1.0", "0.2", Finding.UNCHANGED),
        ("0.9", "0.3", Finding.UNCHANGED),
        ("0.6", "0.6", Finding.UNCHANGED),
        ("0.1", "1.1", Finding.UNCHANGED),
        # Row 4: reduced by more than asked (Quantity read as the total: 0.6 - 0.2).
        ("0.4", "0.2", Finding.DIFFERENT),
        ("0.3", "0.3", Finding.DIFFERENT),
        ("0.59", "0.2", Finding.DIFFERENT),
        # Row 5: a total that grew.
        ("1.1", "0.2", Finding.DIFFERENT),
        # Reduced by less than asked: somebody else's change.
        ("0.9", "0.2", Finding.DIFFERENT),
        ("0.7", "0.3", Finding.DIFFERENT),
    ],
)
def test_working_order(remaining: str, executed: str, finding: Finding) -> None:
    """Every row of a working order."""
    judgement = RULES.judge(COMMAND, partly(remaining, executed, ChangeReason="UserModified"))
    assert judgement.finding is finding
    if finding is Finding.DIFFERENT:
        assert "Check the order." in judgement.text
        assert [each.field for each in judgement.differences] == [FieldName.QUANTITY]


def test_over_reduction_names_both_numbers() -> None:
    """The alarm says what is there and what was asked."""
    judgement = RULES.judge(COMMAND, partly("0.4", "0.2"))
    assert judgement.text == "Remaining is 0.4, less than the 0.6 requested. Check the order."


def test_applied_with_fills_tells_them() -> None:
    """What filled while amending, and the new total."""
    judgement = RULES.judge(COMMAND, partly("0.45", "0.35"))
    assert judgement.text == "Remaining is 0.45; 0.15 more filled while amending; the total is now 0.8."


def test_reason_alone_confirms_nothing() -> None:
    """UserModified is on cancels too; only the total counts."""
    assert RULES.judge(COMMAND, partly("1.0", "0.2", ChangeReason="UserModified")).finding is Finding.UNCHANGED
    assert RULES.judge(COMMAND, partly("0.6", "0.2", ChangeReason="Trade")).finding is Finding.APPLIED


def test_original_quantity_plays_no_part() -> None:
    """Kept or rewritten by the venue, it changes nothing."""
    for original in ("1.2", "0.8", "5"):
        seen = partly("0.6", "0.2", OrigQuantity=Decimal(original))
        assert RULES.judge(COMMAND, seen).finding is Finding.APPLIED


@pytest.mark.parametrize(
    "executed,finding",
    [
        ("1.2", Finding.UNCHANGED),  # row 6: all of the old total
        ("0.8", Finding.APPLIED),  # reduced at once, then filled
        ("1.0", Finding.APPLIED),  # filled by 0.2 more, reduced, filled
        ("0.6", Finding.DIFFERENT),  # less than the request explains
        ("1.3", Finding.DIFFERENT),
    ],
)
def test_filled_order(executed: str, finding: Finding) -> None:
    """How much was executed tells whether it was reduced first."""
    assert RULES.judge(COMMAND, partly("0", executed, OrderState="FullyExecuted")).finding is finding


@pytest.mark.parametrize(
    "changes,finding",
    [
        (
            {"OrderState": "Canceled", "CancelReason": "UserModified", "ChangeReason": "UserModified"},
            Finding.UNTOLD,
        ),
        ({"OrderState": "Canceled", "CancelReason": "SystemCanceled_NoMoreMarket"}, Finding.UNTOLD),
        ({"OrderState": "Expired"}, Finding.UNTOLD),
        ({"OrderState": "Unknown"}, Finding.UNRELATED),
        ({"OrderState": "Suspended"}, Finding.UNRELATED),
    ],
)
def test_ended_or_unknown_is_never_modified(changes: dict[str, str], finding: Finding) -> None:
    """Row 7: an order that ended no longer shows what remained, and an unknown state proves nothing."""
    assert RULES.judge(COMMAND, partly("0", "0.2", **changes)).finding is finding


@pytest.mark.parametrize(
    "states,finding",
    [
        ("1.2/0 1/0.2", Finding.UNCHANGED),
        ("1.2/0 1/0.2 0.9/0.3", Finding.UNCHANGED),
        ("1/0.2 0.6/0.2", Finding.APPLIED),
        ("0.6/0.2", Finding.APPLIED),
        ("1/0.2 0.9/0.3 0.6/0.3 0.5/0.4", Finding.APPLIED),
        # Somebody reduced it once more, or first.
        ("1/0.2 0.6/0.2 0.1/0.2", Finding.APPLIED),
        ("1/0.2 0.9/0.2 0.6/0.2", Finding.APPLIED),
        ("1/0.2 0.4/0.2", Finding.DIFFERENT),
        ("1/0.2 0.9/0.2", Finding.DIFFERENT),
        # A history without the order as it was when the request left.
        ("1.5/0", Finding.UNTOLD),
    ],
)
def test_the_order_s_own_history_tells_how_it_ended(states: str, finding: Finding) -> None:
    """The states it went through, where the venue gives them."""
    seen = partly("0", "0.4", OrderState="Canceled")
    judgement = RULES.judge(COMMAND, replace(seen, attributes=(*seen.attributes, (STATES, states))))
    assert judgement.finding is finding
    assert bool(judgement.differences) is (finding in (Finding.UNCHANGED, Finding.DIFFERENT))


def test_another_order_is_unrelated() -> None:
    """Row 5, second half."""
    assert RULES.judge(COMMAND, partly("0.6", "0.2", OrderId=99)).finding is Finding.UNRELATED


# Everything in whole ten-thousandths, so that examples are exact and shrink well.
units = st.integers(min_value=0, max_value=20_000)


def _d(count: int) -> Decimal:
    return Decimal(count).scaleb(-4)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Order, Decimal, list[tuple[bool, Order]]]:
    """A reduction as a venue carries it out, with fills before and after it: the order at each step, and the truth."""
    executed, remaining = draw(units), draw(st.integers(min_value=2, max_value=20_000))
    asked = draw(st.integers(min_value=1, max_value=remaining - 1))
    base = partly(str(_d(remaining)), str(_d(executed)))
    steps: list[tuple[bool, Order]] = [(False, base)]
    for _ in range(draw(st.integers(min_value=0, max_value=3))):
        fill = draw(st.integers(min_value=0, max_value=remaining))
        remaining, executed = remaining - fill, executed + fill
        steps.append((False, _state(remaining, executed)))
    if remaining > asked:  # otherwise the engine drops the request without a word
        remaining = asked
        steps.append((True, _state(remaining, executed)))
        for _ in range(draw(st.integers(min_value=0, max_value=3))):
            fill = draw(st.integers(min_value=0, max_value=remaining))
            remaining, executed = remaining - fill, executed + fill
            steps.append((True, _state(remaining, executed)))
    return base, _d(asked), steps


def _state(remaining: int, executed: int) -> Order:
    state = "FullyExecuted" if remaining == 0 else "Working"
    return partly(str(_d(remaining)), str(_d(executed)), OrderState=state)


@given(histories())
def test_fills_around_a_reduction_are_never_misjudged(history: tuple[Order, Decimal, list[tuple[bool, Order]]]) -> None:
    """Whatever fills when: before the reduction the verdict is "unchanged", from then on "applied"."""
    base, asked, steps = history
    command = reduction(base, str(asked))
    for applied, seen in steps:
        expected = Finding.APPLIED if applied else Finding.UNCHANGED
        assert RULES.judge(command, seen).finding is expected


@given(histories())
def test_a_venue_that_means_the_total_is_found_out(history: tuple[Order, Decimal, list[tuple[bool, Order]]]) -> None:
    """If Quantity were the total, a partly filled order ends up too small: never confirmed, always an alarm."""
    base, asked, _ = history
    if base.filled == 0 or asked <= base.filled:
        return
    seen = partly(str(asked - base.filled), str(base.filled))
    judgement = RULES.judge(reduction(base, str(asked)), seen)
    assert judgement.finding is Finding.DIFFERENT
    assert "less than" in judgement.text


@given(units, units, units, units, units)
def test_verdict_is_total_and_consistent(r0: int, e0: int, q: int, r: int, e: int) -> None:
    """Any observation gets a verdict; "applied" is never given to the old total or to one below the request's."""
    base = partly(str(_d(r0 + 1)), str(_d(e0)))
    asked = _d(min(q, r0))
    seen = partly(str(_d(r)), str(_d(e)))
    finding = RULES.judge(reduction(base, str(asked)), seen).finding
    if seen.quantity == base.quantity:
        assert finding is Finding.UNCHANGED
    elif finding is Finding.APPLIED:
        assert base.filled + asked <= seen.quantity < base.quantity
        assert seen.remaining <= asked


# -- replacements ----------------------------------------------------------------------------------------------------

OLD = order()
SWAP = replacement(OLD, "84200", "1.5")


def new_half(old_leg: str = OLD_LEG_ENDED, **changes: object) -> Order:
    """The order that took the old one's place."""
    fields: dict[str, object] = {
        "OrderId": 15068,
        "OrigOrderId": 15067,
        "ClientOrderId": SWAP.request_id,
        "Price": Decimal(84200),
        "Quantity": Decimal("1.5"),
        "OrigQuantity": Decimal("1.5"),
    }
    made = order(**{**fields, **changes})
    return replace(made, attributes=(*made.attributes, (OLD_LEG, old_leg))) if old_leg else made


def named(new: Order, request_id: int = SWAP.request_id) -> Order:
    """The same, and the reply to our request named it."""
    return replace(new, attributes=(*new.attributes, (NAMED, str(request_id))))


def ended(**changes: object) -> Order:
    """The old order after its end."""
    return order(**{"OrderState": "Canceled", "Quantity": 0, "CancelReason": "UserModified", **changes})


def ruled_out(old: Order) -> Order:
    """The same after the venue's history showed that nothing took its place."""
    return replace(old, attributes=(*old.attributes, (NO_HEIR, "true")))


@pytest.mark.parametrize(
    "seen,finding",
    [
        (new_half(), Finding.APPLIED),
        # It names the old order and no request: its terms tell the outcome, whoever made it.
        (new_half(ClientOrderId=0), Finding.APPLIED),
        (new_half(ClientOrderId=0, Price=Decimal(84100)), Finding.DIFFERENT),
        (new_half(ClientOrderId=0, old_leg="working"), Finding.UNTOLD),
        (new_half(ClientOrderId=0, Side="Buy"), Finding.UNRELATED),
        (new_half(ClientOrderId=0, Instrument=75), Finding.UNRELATED),
        (new_half(ClientOrderId=0, OrigOrderId=15068), Finding.UNRELATED),
        (named(new_half(ClientOrderId=0)), Finding.APPLIED),
        (named(new_half(ClientOrderId=0, Price=Decimal(84100))), Finding.DIFFERENT),
        (named(new_half(ClientOrderId=12)), Finding.UNRELATED),
        (named(new_half(ClientOrderId=0), 7), Finding.UNRELATED),
        (new_half(Quantity=Decimal("1.1"), QuantityExecuted=Decimal("0.4")), Finding.APPLIED),
        (
            new_half(Quantity=Decimal(0), QuantityExecuted=Decimal("1.5"), OrderState="FullyExecuted"),
            Finding.APPLIED,
        ),
        (new_half(Quantity=Decimal(0), OrderState="Canceled"), Finding.APPLIED),
        (new_half(old_leg="working"), Finding.UNTOLD),
        (new_half(old_leg=""), Finding.UNTOLD),
        (new_half(Quantity=Decimal(0), OrderState="Canceled", OrigQuantity=None), Finding.UNTOLD),
        (new_half(Price=Decimal(84100)), Finding.DIFFERENT),
        (new_half(Quantity=Decimal("1.4")), Finding.DIFFERENT),
        (new_half(OrderState="Rejected", RejectReason="Not_Enough_Funds"), Finding.UNTOLD),
        (new_half(OrderState="Unknown"), Finding.UNRELATED),
        (new_half(OrigOrderId=11, ClientOrderId=12), Finding.UNRELATED),
        # It names the old order, and was asked for by somebody else, or by us before.
        (new_half(ClientOrderId=12), Finding.UNRELATED),
        (OLD, Finding.UNCHANGED),
        (partly("0.7", "0.3"), Finding.UNCHANGED),
        (partly("0.7", "0"), Finding.DIFFERENT),
        (ended(), Finding.UNTOLD),
        (ended(OrderState="FullyExecuted", QuantityExecuted=1), Finding.UNTOLD),
        (ended(OrderState="Expired"), Finding.UNTOLD),
        (ruled_out(ended()), Finding.UNRELATED),
        (ruled_out(ended(OrderState="FullyExecuted", QuantityExecuted=1)), Finding.UNRELATED),
    ],
)
def test_replacement(seen: Order, finding: Finding) -> None:
    """Applied only with both halves: the old one ended, the new one with the terms asked for."""
    assert RULES.judge(SWAP, seen).finding is finding


def test_an_order_that_may_be_anybodys_is_not_said_to_be_ours() -> None:
    """Somebody else may have replaced the same order, with the same terms or others."""
    for changes in ({}, {"Price": Decimal(84100)}):
        anybodys = RULES.judge(SWAP, new_half(ClientOrderId=0, **changes))
        assert "does not say whose request made it" in anybodys.text
        assert "whose" not in RULES.judge(SWAP, named(new_half(ClientOrderId=0, **changes))).text
        assert "whose" not in RULES.judge(SWAP, new_half(**changes)).text


def test_claims_need_the_old_half_ended() -> None:
    """A row that followed earlier would hide a working order."""
    assert RULES.claims(SWAP, new_half())
    assert RULES.claims(SWAP, new_half(OrigOrderId=15068))
    assert RULES.claims(SWAP, named(new_half(ClientOrderId=0)))
    assert not RULES.claims(SWAP, new_half(ClientOrderId=0))
    assert not RULES.claims(SWAP, named(new_half(ClientOrderId=0), 7))
    assert not RULES.claims(SWAP, new_half(old_leg="working"))
    assert not RULES.claims(SWAP, new_half(OrigOrderId=15068, ClientOrderId=3))
    assert not RULES.claims(SWAP, new_half(ClientOrderId=3))
    assert not RULES.claims(SWAP, OLD)
    assert not RULES.claims(COMMAND, new_half())


# -- the fingerprint -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"OrderState": "Canceled"},
        {"Quantity": Decimal("0.9"), "QuantityExecuted": Decimal("0.1")},
        {"Quantity": Decimal("0.9")},
        {"Price": Decimal(84111)},
        {"LastUpdatedTimeTicks": 637431761260054999},
    ],
)
def test_fingerprint_sees_a_change(changes: dict[str, object]) -> None:
    """There is no revision to rely on."""
    assert changed_since(order(), order(**changes))


def test_fingerprint_of_the_same_order() -> None:
    """Older events carry no update time; then the reason is compared."""
    assert changed_since(order(), order()) == ""
    assert changed_since(order(), order(LastUpdatedTimeTicks=0)) == ""
    assert changed_since(order(LastUpdatedTimeTicks=0), order(ChangeReason="Trade"))
