"""What waits for a person, in the order it should be looked at, and what evidence each of it lacks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.fold.reducer import Reducer
from app.desk.state import AccountState, DeskState
from app.desk.views import attention
from app.desk.views.attention import Attention, Concern, at_risk
from app.desk.views.rates import common_rates
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.market import Instrument, LinkState, Quote
from app.domain.order import Order, OrderStatus
from app.domain.plan import Terms
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

D = Decimal
REPLACES = frozenset({"replace"})


class Bench:
    """Two accounts on the toy venue."""

    def __init__(self) -> None:
        self.state = DeskState(accounts={name: AccountState(name, "toy") for name in ("toy", "two")})
        rules = ToyRulebook(both_legs=REPLACES)
        self.reducer = Reducer(self.state, {"toy": rules, "two": rules})
        self.waiting = Attention(self.state, {"toy": REPLACES, "two": REPLACES})
        self.now = T0
        for name in ("toy", "two"):
            self.tell(ev.LinkChanged(name, self.now, LinkState.UP))

    def tell(self, *events: ev.Event) -> None:
        for event in events:
            self.now += SECOND
            self.waiting.touch(self.reducer.apply(event).rows)

    def order(self, each: Order) -> None:
        self.tell(ev.OrderSeen(each.account, self.now, each, Source.PUSH))

    def market(self, account: str, symbol: str, base: str, counter: str, price: str) -> None:
        made = Instrument(symbol, base, counter)
        quote = Quote(symbol, "", D(price), D(price), None, self.now)
        self.tell(ev.InstrumentsLoaded(account, self.now, (made,)), ev.QuoteSeen(account, self.now, quote))

    def amend(self, each: Order, price: str, number: int, **more: object) -> Amendment:
        made = self.made(each, price, number, **more)
        self.leaves(made)
        return made

    def made(self, each: Order, price: str, number: int, **more: object) -> Amendment:
        self.order(each)
        return replace(amendment(each, price, number, at=self.now, **more), lineage=f"{each.account}/{each.order_id}")  # type: ignore[arg-type]

    def leaves(self, made: Amendment) -> None:
        account = made.command.order.account
        self.tell(
            ev.AmendmentRequested(account, self.now, made),
            ev.AmendmentWritten(account, self.now, made.amendment_id, 1),
        )

    def keys(self) -> list[str]:
        assert self.waiting.count() == len(self.waiting.items())
        return [item.key for item in self.waiting.items()]


def test_nothing_waits_while_all_is_proven() -> None:
    bench = Bench()
    bench.order(order())
    assert bench.keys() == []


def test_unresolved_amendments_come_first_and_by_money_then_by_time() -> None:
    bench = Bench()
    bench.amend(order("small"), "101", 1)
    bench.amend(order("large", quantity=D(50)), "101", 2)
    bench.amend(order("later"), "101", 3)
    bench.tell(ev.LinkChanged("two", bench.now, LinkState.REFUSED, "The venue refused the key."))
    assert bench.keys() == ["A2", "A1", "A3", "link two"]
    first, *_, last = bench.waiting.items()
    assert first.at_risk == D(5050)
    assert first.missing == "Missing: the order's terms as the venue has them now."
    assert first.since == bench.state.amendments["A2"].written_at
    assert last.what == "The venue refused the key"
    assert "first list" in last.missing


def test_money_of_several_currencies_is_compared_through_the_quotes() -> None:
    bench = Bench()
    bench.market("toy", "AB", "btc", "mxn", "2000000")
    bench.market("two", "AB", "BTC", "USD", "100000")
    bench.market("two", "XY", "lone", "quux", "5")
    bench.amend(order("pesos", price=D(2000000), quantity=D("0.1")), "2000000", 1)
    bench.amend(order("dollars", account="two", price=D(100000), quantity=D("0.2")), "100000", 2)
    bench.amend(order("island", account="two", symbol="XY"), "1", 3)
    assert bench.keys() == ["A3", "A2", "A1"], "what cannot be compared is not called small"
    assert [item.currency for item in bench.waiting.items()] == ["quux", "USD", "mxn"]


def test_rates_follow_the_quotes_both_ways() -> None:
    bench = Bench()
    assert common_rates(bench.state.accounts.values()) == {}
    bench.market("toy", "AB", "btc", "usd", "100000")
    bench.market("toy", "EU", "eth", "usd", "4000")
    bench.market("toy", "EB", "eth", "btc", "0.04")
    bench.market("toy", "BM", "btc", "mxn", "2000000")
    rates = common_rates(bench.state.accounts.values())
    assert set(rates) == {"BTC", "ETH", "MXN", "USD"}
    assert rates["BTC"] / rates["USD"] == 100000
    assert rates["BTC"] / rates["MXN"] == 2000000


@pytest.mark.parametrize(
    "target, now, expected",
    [
        (Terms(price=D(50), quantity=D(10)), order(), D(500)),
        (Terms(price=D(50), quantity=D(2)), order(), D(200)),
        (Terms(price=D(50), quantity=D(10)), order(filled=D(1)), D(450)),
        (Terms(price=D(110), remaining=D(4)), order(filled=D(1)), D(440)),
        (Terms(value=D(700)), order(), D(700)),
        (Terms(price=D(120)), order(quantity=D(3)), D(360)),
        (Terms(quantity=D(5)), order(), D(500)),
    ],
)
def test_the_largest_value_the_order_could_trade(target: Terms, now: Order, expected: Decimal) -> None:
    made = amendment(order())
    assert at_risk(replace(made, command=replace(made.command, target=target)), now) == expected


def test_what_is_to_take_effect_before_it_is_at_risk_as_well() -> None:
    bench = Bench()
    for number, price in enumerate(("110", "105", "101"), start=1):
        bench.amend(order(), price, number)
    assert {each.key: each.at_risk for each in bench.waiting.items()} == {"A1": D(220), "A2": D(220), "A3": D(220)}


def test_an_order_without_a_price_has_no_known_value() -> None:
    base = order(price=None)
    made = amendment(base)
    bare = replace(made, command=replace(made.command, target=Terms(quantity=D(1))))
    assert at_risk(bare, base) is None
    assert at_risk(bare, replace(base, stop=D(90))) == 180


def test_a_replacement_whose_old_order_was_not_seen_to_end_is_two_orders() -> None:
    bench = Bench()
    old = order()
    bench.amend(old, "101", 1, route="replace", id_after=IdAfter.NEW)
    bench.tell(ev.AmendmentAcknowledged("toy", bench.now, "A1", "o1"))
    bench.order(order("o2", price=D(101)))
    (item,) = bench.waiting.items()
    assert item.concern is Concern.UNRESOLVED
    assert item.missing.startswith("Orders o1 and o2 may both be working.")
    assert "the end of the old order o1" in item.missing
    assert item.at_risk == D(202) + D(200)
    late = bench.now + 60 * SECOND
    other = replace(order("o2", price=D(101)), quantity=D(1), updated_at=late)
    bench.tell(ev.OrderSeen("toy", late, other, Source.LOOKUP, asked_at=late))
    outcome, item = bench.waiting.items()
    assert (outcome.key, outcome.concern) == ("A1", Concern.OUTCOME)
    bench.waiting.look_at("A1")
    assert (item.concern, item.lineage) == (Concern.TWO_ORDERS, "toy/o1")
    assert item.missing == "Missing: the end of the old order o1."
    bench.order(replace(old, status=OrderStatus.CANCELLED, updated_at=late))
    assert bench.keys() == []


def test_an_order_that_is_not_found_waits_and_says_that_nothing_is_proven() -> None:
    bench = Bench()
    bench.order(order())
    bench.tell(ev.OpenOrdersListed("toy", bench.now + SECOND, bench.now + SECOND, ()))
    (item,) = bench.waiting.items()
    assert (item.concern, item.lineage) == (Concern.NOT_FOUND, "toy/o1")
    assert item.what == "no longer in the venue's list"
    bench.tell(ev.OrderMissing("toy", bench.now + SECOND, bench.now + SECOND, "o1"))
    (item,) = bench.waiting.items()
    assert item.what == "the venue finds no such order"
    assert "neither a fill nor a cancel is proven" in item.missing
    bench.order(order(status=OrderStatus.FILLED, filled=D(2), updated_at=bench.now))
    assert bench.keys() == []


def test_accounts_wait_while_nothing_of_them_is_proven() -> None:
    bench = Bench()
    bench.tell(ev.OpenOrdersListed("toy", bench.now, bench.now, (order(),)))
    for state, words in (
        (LinkState.STALE, "no news from the venue"),
        (LinkState.CONNECTING, "connecting again"),
        (LinkState.SYNCING, "listing its orders again"),
        (LinkState.DOWN, "not connected"),
    ):
        bench.tell(ev.LinkChanged("toy", bench.now, state))
        (item,) = bench.waiting.items()
        assert (item.key, item.what) == ("link toy", words)
        assert "older" in item.missing
    bench.tell(ev.LinkChanged("toy", bench.now, LinkState.UP), ev.LinkChanged("two", bench.now, LinkState.CONNECTING))
    assert bench.keys() == [], "a first connection is no trouble"


def test_an_outage_counts_from_when_the_link_was_up_last_whatever_is_tried_since() -> None:
    bench = Bench()
    bench.tell(ev.OpenOrdersListed("toy", bench.now, bench.now, (order(),)))
    bench.tell(ev.LinkChanged("toy", lost := bench.now, LinkState.STALE))
    for state in (LinkState.DOWN, LinkState.CONNECTING, LinkState.DOWN, LinkState.CONNECTING, LinkState.SYNCING):
        bench.tell(ev.LinkChanged("toy", bench.now, state))
        (item,) = bench.waiting.items()
        assert item.since == lost
    bench.tell(ev.LinkChanged("toy", bench.now, LinkState.UP))
    assert bench.keys() == []
    bench.tell(ev.LinkChanged("toy", again := bench.now, LinkState.DOWN))
    assert [item.since for item in bench.waiting.items()] == [again]


def test_an_account_that_never_connected_waits_since_its_first_try() -> None:
    bench = Bench()
    bench.state.accounts["two"] = AccountState("two", "toy")
    first = bench.now
    bench.tell(ev.LinkChanged("two", first, LinkState.CONNECTING))
    assert bench.keys() == []
    for state in (LinkState.DOWN, LinkState.CONNECTING, LinkState.DOWN):
        bench.tell(ev.LinkChanged("two", bench.now, state))
        (item,) = bench.waiting.items()
        assert (item.key, item.since) == ("link two", first), "it does not come and go with every try"


def test_a_list_that_was_cut_short_waits_for_a_complete_one() -> None:
    bench = Bench()
    bench.tell(ev.OpenOrdersListed("toy", bench.now, bench.now, (order(),), complete=False))
    assert bench.keys() == ["list toy"]
    bench.tell(ev.OpenOrdersListed("toy", bench.now, bench.now, (order(),)))
    assert bench.keys() == []


def test_rows_of_an_account_that_has_not_listed_are_not_called_missing() -> None:
    bench = Bench()

    def missing() -> str:
        (item,) = bench.waiting.items()
        return item.missing

    bench.tell(ev.LinkChanged("toy", bench.now, LinkState.DOWN, "No route."))
    assert missing() == "Missing: its first list of orders; none of them is shown."
    bench.order(order())
    assert missing().endswith("only those it has told of since are shown.")
    bench.state.lineages["toy/o1"].stale = True
    assert missing().endswith("those shown are as they were when they were last seen.")


def test_an_unreadable_row_and_an_order_without_a_row_wait_with_their_raw_text() -> None:
    bench = Bench()
    bench.order(order())
    bench.tell(
        ev.OrderUnreadable("toy", bench.now, "o1", "its price is below zero (-5)", '{"p":-5}', Source.PUSH),
        ev.OrderUnreadable("two", bench.now, "x7", "it has no symbol", '{"id":"x7"}', Source.LISTING),
    )
    assert bench.keys() == ["doubt toy/o1", "unreadable two/x7"]
    row, other = bench.waiting.items()
    assert (row.concern, row.lineage, row.raw) == (Concern.UNREADABLE, "toy/o1", '{"p":-5}')
    assert row.what == "not readable: its price is below zero (-5)"
    assert (other.lineage, other.what, other.raw) == ("", "order x7 is not readable: it has no symbol", '{"id":"x7"}')
    assert (bench.waiting.unreadable("toy"), bench.waiting.unreadable("two")) == (1, 1)
    bench.order(order())
    assert bench.keys() == ["unreadable two/x7"], "a later reading is readable"
    assert bench.waiting.unreadable("toy") == 0


def test_an_unreadable_row_is_told_beside_its_open_amendment() -> None:
    bench = Bench()
    bench.amend(order(), "101", 1)
    bench.tell(ev.OrderUnreadable("toy", bench.now, "o1", "it has no symbol", "", Source.PUSH))
    assert bench.keys() == ["A1", "doubt toy/o1"]


def test_an_account_that_answered_in_part_is_no_silent_one() -> None:
    bench = Bench()
    bench.tell(ev.OpenOrdersListed("two", bench.now, bench.now, (), complete=False))
    (gap,) = bench.waiting.items()
    assert (gap.concern, gap.what) == (Concern.LIST, "the venue's list of orders is incomplete")
    bench.tell(ev.LinkChanged("two", bench.now, LinkState.DOWN, "No route."))
    link = next(item for item in bench.waiting.items() if item.concern is Concern.LINK)
    assert "its first list" not in link.missing


def test_an_outcome_that_nobody_asked_for_waits_until_it_was_looked_at() -> None:
    bench = Bench()
    bench.amend(order(), "101", 1)
    bench.tell(ev.AmendmentRefused("toy", bench.now, "A1", "7", "No."))
    assert bench.keys() == ["A1"]
    (item,) = bench.waiting.items()
    assert (item.concern, item.stage, item.missing) == (Concern.OUTCOME, AmendmentStage.REFUSED, "No.")
    assert bench.waiting.asks_for_a_look("toy/o1")
    bench.order(order())
    assert bench.keys() == ["A1"], "what the venue shows later is no look"
    bench.waiting.look_at("A1")
    assert bench.keys() == []
    bench.order(order())
    assert (bench.keys(), bench.waiting.asks_for_a_look("toy/o1")) == ([], False)


def test_one_that_was_looked_at_and_takes_effect_after_all_is_no_matter_any_more() -> None:
    bench = Bench()
    bench.amend(order(), "101", 1)
    bench.tell(ev.AmendmentAcknowledged("toy", bench.now, "A1"))
    bench.now += 60 * SECOND
    bench.tell(ev.OrderSeen("toy", bench.now, order(price=D(102)), Source.LOOKUP, bench.now))
    (item,) = bench.waiting.items()
    assert item.stage is AmendmentStage.DIFFERENT
    assert item.missing.endswith("Price: asked 101, got 102.")
    bench.order(order(price=D(101)))
    assert bench.keys() == []


def test_outcomes_from_before_the_start_are_told_elsewhere() -> None:
    bench = Bench()
    bench.amend(order(), "101", 1)
    bench.tell(ev.AmendmentRefused("toy", bench.now, "A1", "7", "No."))
    again = Attention(bench.state, {})
    assert (again.count(), again.items()) == (0, [])


def test_a_change_made_elsewhere_waits_for_a_look_too() -> None:
    bench = Bench()
    bench.order(order())
    bench.order(order(price=D("100.5")))
    assert bench.keys() == ["elsewhere toy/o1"]
    (item,) = bench.waiting.items()
    assert (item.concern, item.what) == (Concern.ELSEWHERE, "price 100 → 100.5, not by this ticket")
    bench.waiting.look_at("elsewhere toy/o1")
    assert bench.keys() == []
    bench.order(order(price=D(99)))
    assert bench.keys() == ["elsewhere toy/o1"], "another change asks for another look"
    bench.order(order(price=D(99), status=OrderStatus.CANCELLED))
    assert bench.keys() == [], "what has ended asks for none"
    assert Attention(bench.state, {}).items() == []


def test_looks_at_what_was_forgotten_are_not_remembered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "_MANY", 3)
    bench = Bench()
    for number in range(1, 30):
        made = bench.amend(order(f"o{number}"), "101", number)
        bench.tell(ev.AmendmentRefused("toy", bench.now, made.amendment_id, "E1", "No."))
        bench.waiting.look_at(made.amendment_id)
        bench.order(order(f"o{number}", status=OrderStatus.CANCELLED))
        row = ev.ForgottenRow(f"toy/o{number}", (f"o{number}",), (bench.state.amendments[made.amendment_id],))
        bench.tell(ev.OrdersForgotten("toy", bench.now, (row,)))
    assert not bench.state.amendments
    assert len(bench.waiting._looked) <= 4
    again = bench.amend(order("o99"), "101", 99)
    bench.tell(ev.AmendmentRefused("toy", bench.now, again.amendment_id, "E1", "No."))
    assert bench.waiting.asks_for_a_look("toy/o99")
    bench.waiting.look_at(again.amendment_id)
    assert not bench.waiting.asks_for_a_look("toy/o99"), "what is still there and was looked at stays so"
