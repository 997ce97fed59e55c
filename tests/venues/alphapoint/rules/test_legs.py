"""The two halves of a replacement, in every order their news can come."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.domain.evidence import SECOND, Finding
from app.domain.order import Order
from app.venues.alphapoint.rules.judge import OLD_LEG, claims, judge
from app.venues.alphapoint.rules.legs import Legs, Showing
from app.venues.alphapoint.rules.swaps import Refusal
from tests.venues.alphapoint.samples import NOW, order, replacement

OLD = order()
SWAP = replacement(OLD, "84200", "1.5")
GONE = order(OrderState="Canceled", Quantity=0, CancelReason="UserModified", ChangeReason="UserModified")


def new_order(**changes: Any) -> Order:
    fields: dict[str, Any] = {
        "OrderId": 15068,
        "OrigOrderId": 15067,
        "ClientOrderId": SWAP.request_id,
        "Price": Decimal(84200),
        "Quantity": Decimal("1.5"),
    }
    return order(**{**fields, **changes})


def begun() -> Legs:
    """The old order is known, the replacement has left."""
    legs = Legs()
    legs.listed([OLD], NOW, complete=True)
    legs.began(SWAP, NOW)
    return legs


def ids(showings: tuple[Showing, ...]) -> list[tuple[str, str, str]]:
    """What is shown: id, what it replaces, what is known of the old order."""
    return [(each.order.order_id, each.replaces, each.order.attribute(OLD_LEG)) for each in showings]


def test_old_order_ends_first() -> None:
    """The row follows as soon as the new one shows."""
    legs = begun()
    assert ids(legs.see(GONE, NOW + 1)) == [("15067", "", "")]
    assert ids(legs.see(new_order(), NOW + 2)) == [("15068", "15067", "ended")]


def test_new_order_shows_first() -> None:
    """It is held back until the old one has ended; then the new half is told first."""
    legs = begun()
    assert legs.see(new_order(), NOW + 1) == ()
    assert ids(legs.see(GONE, NOW + 2)) == [("15068", "15067", "ended"), ("15067", "", "")]
    assert ids(legs.see(new_order(), NOW + 3)) == [("15068", "15067", "ended")]


def test_both_stay() -> None:
    """After the settling time they are shown as the two orders they are, and that is told once."""
    legs = begun()
    assert legs.see(new_order(), NOW + 1) == ()
    assert ids(legs.see(OLD, NOW + 5 * SECOND)) == [("15067", "", "")]
    assert legs.together() == ()
    assert ids(legs.see(OLD, NOW + 11 * SECOND)) == [("15068", "", "working"), ("15067", "", "")]
    assert legs.together() == (("15067", "15068"),)
    assert legs.together() == ()
    assert ids(legs.see(new_order(), NOW + 12 * SECOND)) == [("15068", "", "working")]


def test_a_late_replacement_of_a_working_order_is_shown_alone() -> None:
    """Past the settling time nothing is held back."""
    legs = begun()
    assert ids(legs.see(new_order(), NOW + 11 * SECOND)) == [("15068", "", "working")]
    assert legs.together() == (("15067", "15068"),)


def test_the_reply_names_an_order_whose_events_do_not() -> None:
    """Older events carry neither our client id nor the old order's."""
    legs = begun()
    legs.answered(SWAP, "15068")
    legs.see(GONE, NOW + 1)
    shown = legs.see(new_order(OrigOrderId=15068, ClientOrderId=0), NOW + 2)
    assert ids(shown) == [("15068", "15067", "ended")]
    assert shown[0].order.attribute("orig_order_id") == "15067"


def test_a_replacement_without_a_client_id_is_ours_only_by_the_reply() -> None:
    """Somebody else may have replaced the same order; the row follows it, and it is not said to be ours."""
    for legs, ours in ((begun(), False), (begun(), True)):
        if ours:
            legs.answered(SWAP, "15068")
        legs.see(GONE, NOW + 1)
        (shown,) = legs.see(new_order(ClientOrderId=0), NOW + 2)
        assert (shown.order.order_id, shown.replaces) == ("15068", "15067")
        assert claims(SWAP, shown.order) is ours
        said = judge(SWAP, shown.order)
        assert said.finding is Finding.APPLIED
        assert ("does not say whose" in said.text) is not ours
    other = begun()
    other.answered(SWAP, "15070")
    other.see(GONE, NOW + 1)
    (theirs,) = other.see(new_order(ClientOrderId=0), NOW + 2)
    assert not claims(SWAP, theirs.order)


def test_a_complete_list_proves_the_end() -> None:
    """The replacement is there and the old order is not: it has ended, even after a restart that forgot the request."""
    for legs in (begun(), Legs()):
        shown = legs.listed([new_order()], NOW + 1, complete=True)
        assert [each.attribute(OLD_LEG) for each in shown] == ["ended"]
        assert legs.has_ended("15067")


def test_a_cut_list_proves_nothing() -> None:
    """The old order may be in the part that is missing."""
    legs = begun()
    assert legs.listed([new_order()], NOW + 1, complete=False) == ()
    assert not legs.has_ended("15067")


def test_a_list_with_both_holds_the_new_one_back_for_a_while() -> None:
    """Then it shows both."""
    legs = begun()
    assert [each.order_id for each in legs.listed([OLD, new_order()], NOW + 1, complete=True)] == ["15067"]
    late = legs.listed([OLD, new_order()], NOW + 11 * SECOND, complete=True)
    assert [(each.order_id, each.attribute(OLD_LEG)) for each in late] == [("15067", ""), ("15068", "working")]


def test_a_replacement_made_elsewhere() -> None:
    """Another user of the account, or the venue's site: the row follows if the old order is known to have ended."""
    legs = Legs()
    legs.listed([OLD], NOW, complete=True)
    assert ids(legs.see(new_order(ClientOrderId=3), NOW + 1)) == [("15068", "", "working")]
    other = Legs()
    other.listed([OLD], NOW, complete=True)
    other.see(GONE, NOW + 1)
    assert ids(other.see(new_order(ClientOrderId=3), NOW + 2)) == [("15068", "15067", "ended")]


def test_a_rejected_replacement_is_a_refusal() -> None:
    """It is found once, by our client id, or by the id the reply gave the new order."""
    legs = begun()
    assert legs.rejected(new_order()) is None
    assert legs.rejected(new_order(OrderState="Rejected", ClientOrderId=999)) is None
    assert legs.rejected(new_order(OrderState="Rejected")) == Refusal(SWAP)
    assert legs.rejected(new_order(OrderState="Rejected")) is None
    for client_id, new_id in ((str(SWAP.request_id), ""), ("", "15068")):
        legs = begun()
        legs.answered(SWAP, "15068")
        assert legs.refused("1", "2") is None
        assert legs.refused("15067", client_id, new_id) == Refusal(SWAP)
        assert legs.refused("15067", client_id, new_id) is None


def test_a_refusal_of_another_request_for_the_same_order_is_not_ours() -> None:
    """Another client id is another request, whatever order it was for; without one nobody can tell whose it was."""
    legs = begun()
    assert legs.refused("15067", "999") is None
    assert legs.refused("15067", "999", "15068") is None
    assert legs.refused("15067", "") == Refusal(SWAP, certain=False)
    assert legs.rejected(new_order(OrderState="Rejected", ClientOrderId=0)) == Refusal(SWAP, certain=False)
    assert legs.refused("", "") is None
    assert legs.wanted("15067") is not None, "ours is still under way"
    assert legs.refused("15067", str(SWAP.request_id)) == Refusal(SWAP)
    assert legs.wanted("15067") is None


def test_a_refused_replacement_that_came_about_even_so() -> None:
    """The held order is handed back, to be shown as an order of its own."""
    legs = begun()
    new = new_order()
    assert legs.see(new, NOW + 1) == ()
    assert legs.refused("15067", str(SWAP.request_id)) == Refusal(SWAP, new)
    assert ids(legs.see(new, NOW + 2)) == [("15068", "", "working")]


def test_an_end_is_never_taken_back() -> None:
    """Events come in any order; an old Working event after the end changes nothing."""
    legs = begun()
    legs.see(GONE, NOW + 1)
    legs.see(OLD, NOW + 2)
    assert ids(legs.see(new_order(), NOW + 3)) == [("15068", "15067", "ended")]


def test_unrelated_orders_pass() -> None:
    """Everything else is shown as it is."""
    legs = begun()
    assert ids(legs.see(order(OrderId=7, OrigOrderId=7), NOW)) == [("7", "", "")]


def test_before_the_first_list_nobody_knows_whether_the_old_order_works() -> None:
    """After a restart a push may come first; a row that followed it could hide a working order."""
    legs = Legs()
    assert ids(legs.see(new_order(), NOW)) == [("15068", "", "")]
    assert [each.attribute(OLD_LEG) for each in legs.listed([OLD, new_order()], NOW + 1, complete=True)] == [
        "",
        "working",
    ]
    alone = Legs()
    alone.listed([], NOW, complete=True)
    assert ids(alone.see(new_order(), NOW + 1)) == [("15068", "15067", "")]


def test_an_end_that_is_learnt_late_belongs_to_its_own_time() -> None:
    """The push of the end was lost; a look-up tells it, and when it was."""
    made = new_order(ReceiveTimeTicks=638_900_000_000_000_000)
    for ticks, heir in ((638_900_000_000_100_000, ["15068", "15067"]), (638_900_000_900_000_000, ["15067"])):
        legs = Legs()
        legs.listed([OLD], NOW, complete=True)
        legs.see(made, NOW + 1)
        gone = order(OrderState="Canceled", Quantity=0, ChangeReason="UserModified", LastUpdatedTimeTicks=ticks)
        assert [each.order.order_id for each in legs.see(gone, NOW + 60 * SECOND)] == heir


def test_an_old_order_that_ends_late_hands_over_to_the_replacement_shown_beside_it() -> None:
    """A replacement may take effect after the settling time, or after a restart, and its halves in any order."""
    filled = new_order(OrderState="FullyExecuted", Quantity=0, QuantityExecuted=Decimal("1.5"))
    restarted = Legs()
    restarted.listed([OLD], NOW, complete=True)
    late = begun()
    for legs in (restarted, late):
        assert ids(legs.see(new_order(), NOW + 11 * SECOND)) == [("15068", "", "working")]
        assert ids(legs.see(filled, NOW + 12 * SECOND)) == [("15068", "", "working")]
        shown = legs.see(GONE, NOW + 13 * SECOND)
        assert ids(shown) == [("15068", "15067", "ended"), ("15067", "", "")]
        assert not shown[0].order.is_open, "the newest that is known of it"
        assert ids(legs.see(GONE, NOW + 14 * SECOND)) == [("15067", "", "")], "once"


def test_two_orders_stay_two_after_one_of_them_ended() -> None:
    """The venue refused the replacement and made it even so; the person cancels the old order, and the rows stay."""
    legs = begun()
    legs.see(new_order(), NOW + 1)
    assert legs.refused("15067", str(SWAP.request_id)) is not None
    legs.see(new_order(), NOW + 2)
    assert legs.is_apart("15067")
    assert ids(legs.see(GONE, NOW + 3)) == [("15067", "", "")]
    assert ids(legs.see(new_order(), NOW + 4)) == [("15068", "", "ended")]


def test_a_late_end_of_one_of_two_orders_is_one_of_its_own() -> None:
    """They were shown side by side for longer than the settling time."""
    legs = begun()
    legs.see(new_order(), NOW + 11 * SECOND)
    assert legs.together() == (("15067", "15068"),)
    late = order(OrderState="Canceled", Quantity=0, LastUpdatedTimeTicks=638_900_000_900_000_000)
    assert ids(legs.see(late, NOW + 60 * SECOND)) == [("15067", "", "")]
    assert ids(legs.see(new_order(), NOW + 61 * SECOND)) == [("15068", "", "ended")]
