"""Money is moved, never made."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.practice.exchange.errors import InsufficientBalance, LedgerError
from app.practice.exchange.ledger import Ledger, LedgerBalance

D = Decimal


def ledger_with(amount: str) -> Ledger:
    ledger = Ledger()
    ledger.deposit("a", "mxn", D(amount))
    return ledger


def test_a_lock_belongs_to_its_key() -> None:
    ledger = ledger_with("100")
    ledger.set_lock("a", "mxn", 1, D(30))
    ledger.set_lock("a", "mxn", 2, D(20))
    ledger.set_lock("a", "mxn", 1, D(35))
    assert ledger.balance("a", "mxn") == LedgerBalance(D(100), D(55))
    assert ledger.balance("a", "mxn").available == D(45)
    assert ledger.locks("a", "mxn") == {1: D(35), 2: D(20)}
    ledger.set_lock("a", "mxn", 1, D(25))
    assert ledger.lock_of("a", "mxn", 1) == D(25)
    ledger.release("a", 1)
    assert ledger.locks("a", "mxn") == {2: D(20)}


def test_too_much_is_refused_and_changes_nothing() -> None:
    ledger = ledger_with("100")
    ledger.set_lock("a", "mxn", 1, D(80))
    with pytest.raises(InsufficientBalance, match="needs 41 mxn and has 20 available"):
        ledger.set_lock("a", "mxn", 1, D(121))
    with pytest.raises(InsufficientBalance):
        ledger.transfer("a", "b", "mxn", D(21))
    with pytest.raises(InsufficientBalance):
        ledger.transfer("a", "b", "mxn", D(101), key=1)
    assert ledger.balance("a", "mxn") == LedgerBalance(D(100), D(80))
    assert ledger.balance("b", "mxn") == LedgerBalance(D(0), D(0))


def test_a_payment_comes_out_of_its_own_lock_first() -> None:
    ledger = ledger_with("100")
    ledger.set_lock("a", "mxn", 1, D(80))
    ledger.transfer("a", "b", "mxn", D(90), key=1)
    assert ledger.balance("a", "mxn") == LedgerBalance(D(10), D(0))
    assert ledger.balance("b", "mxn") == LedgerBalance(D(90), D(0))


def test_nonsense_is_refused() -> None:
    ledger = ledger_with("100")
    with pytest.raises(LedgerError, match="makes no sense"):
        ledger.transfer("a", "b", "mxn", D(-1))
    with pytest.raises(LedgerError, match="makes no sense"):
        ledger.set_lock("a", "mxn", 1, D(-1))
    with pytest.raises(LedgerError, match="makes no sense"):
        ledger.deposit("a", "mxn", D(0))


def test_the_unlimited_go_below_zero_and_still_count() -> None:
    ledger = ledger_with("100")
    ledger.open_unlimited("crowd")
    ledger.set_lock("crowd", "mxn", 1, D(10**9))
    ledger.transfer("crowd", "a", "mxn", D(50), key=1)
    assert ledger.balance("crowd", "mxn") == LedgerBalance(D(-50), D(0))
    assert ledger.issued("mxn") == D(100)
    ledger.check()


def test_a_listener_hears_of_every_change() -> None:
    heard: list[tuple[str, str]] = []
    ledger = Ledger(lambda account, currency: heard.append((account, currency)))
    ledger.deposit("a", "mxn", D(1))
    ledger.transfer("a", "b", "mxn", D(1))
    assert heard == [("a", "mxn"), ("a", "mxn"), ("b", "mxn")]


amounts = st.integers(1, 10**12).map(lambda number: D(number).scaleb(-8))
accounts = st.sampled_from(["a", "b", "c"])
currencies = st.sampled_from(["btc", "mxn"])
keys = st.integers(1, 4)


class Books(RuleBasedStateMachine):
    """Any sequence of movements leaves the sums and the locks right."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.ledger.open_unlimited("c")

    @rule(account=accounts, currency=currencies, amount=amounts)
    def deposit(self, account: str, currency: str, amount: Decimal) -> None:
        self.ledger.deposit(account, currency, amount)

    @rule(account=accounts, currency=currencies, key=keys, amount=amounts)
    def lock(self, account: str, currency: str, key: int, amount: Decimal) -> None:
        before = self.ledger.balance(account, currency)
        try:
            self.ledger.set_lock(account, currency, key, amount)
        except InsufficientBalance:
            assert self.ledger.balance(account, currency) == before

    @rule(account=accounts, key=keys)
    def release(self, account: str, key: int) -> None:
        self.ledger.release(account, key)

    @rule(source=accounts, receiver=accounts, currency=currencies, amount=amounts, key=st.none() | keys)
    def move(self, source: str, receiver: str, currency: str, amount: Decimal, key: int | None) -> None:
        before = self.ledger.balance(source, currency), self.ledger.balance(receiver, currency)
        try:
            self.ledger.transfer(source, receiver, currency, amount, key=key)
        except InsufficientBalance:
            assert (self.ledger.balance(source, currency), self.ledger.balance(receiver, currency)) == before

    @invariant()
    def holds(self) -> None:
        self.ledger.check()


TestBooks = pytest.mark.slow(Books.TestCase)
