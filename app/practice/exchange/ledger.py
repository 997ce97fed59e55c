"""Accounts with exact balances and locks.

Every lock belongs to a key (an order's uid, or a tuple such as ("position", symbol)), so that what is locked can always
be explained; the locked amount of an account is the sum of its keys. Money is created only by `deposit`: everything
else moves it, and the sum over all accounts stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal

from app.practice.exchange.errors import InsufficientBalance, LedgerError
from app.practice.exchange.orders import ZERO


@dataclass(frozen=True, slots=True)
class LedgerBalance:
    """Money of an account in one currency; `available` is `total` less `locked`."""

    total: Decimal
    locked: Decimal

    @property
    def available(self) -> Decimal:
        return self.total - self.locked


_EMPTY = LedgerBalance(ZERO, ZERO)


class Ledger:
    """The accounts of one exchange.

    Args:
        changed: called with account and currency after each change of a total or a lock.
    """

    def __init__(self, changed: Callable[[str, str], None] | None = None) -> None:
        self._balances: dict[tuple[str, str], LedgerBalance] = {}
        self._locks: dict[tuple[str, str], dict[Hashable, Decimal]] = {}
        self._unlimited: set[str] = set()
        self._issued: dict[str, Decimal] = {}
        self._changed = changed

    def open_unlimited(self, account: str) -> None:
        """Let an account go below zero (the crowd, the house): it takes part in the sums, but never runs dry."""
        self._unlimited.add(account)

    def is_unlimited(self, account: str) -> bool:
        return account in self._unlimited

    def balance(self, account: str, currency: str) -> LedgerBalance:
        """Money of the account in the currency; zero if it never had any."""
        return self._balances.get((account, currency), _EMPTY)

    def balances(self, account: str) -> dict[str, LedgerBalance]:
        """Everything the account has, by currency in the order first seen."""
        return {currency: balance for (owner, currency), balance in self._balances.items() if owner == account}

    def locks(self, account: str, currency: str) -> dict[Hashable, Decimal]:
        """Locked amounts by key."""
        return dict(self._locks.get((account, currency), {}))

    def lock_of(self, account: str, currency: str, key: Hashable) -> Decimal:
        """Amount one key locks."""
        return self._locks.get((account, currency), {}).get(key, ZERO)

    def deposit(self, account: str, currency: str, amount: Decimal) -> None:
        """Create money."""
        self._positive(amount)
        self._issued[currency] = self._issued.get(currency, ZERO) + amount
        self._set_total(account, currency, self.balance(account, currency).total + amount)

    def set_lock(self, account: str, currency: str, key: Hashable, amount: Decimal) -> None:
        """Make the lock of `key` exactly `amount`; zero ends it. Unlimited accounts lock nothing.

        Raises:
            InsufficientBalance: if the increase is more than is available; nothing has changed then.
            LedgerError: for a negative amount.
        """
        if amount < 0:
            raise LedgerError(f"A lock of {amount} {currency} makes no sense.")
        if account in self._unlimited:
            return
        before = self.lock_of(account, currency, key)
        if amount == before:
            return
        if amount > before:
            self._need(account, currency, amount - before)
        locks = self._locks.setdefault((account, currency), {})
        if amount:
            locks[key] = amount
        else:
            del locks[key]
        old = self.balance(account, currency)
        self._balances[account, currency] = LedgerBalance(old.total, old.locked - before + amount)
        self._tell(account, currency)

    def release(self, account: str, key: Hashable) -> None:
        """Free whatever `key` locks, in every currency."""
        for (owner, currency), locks in list(self._locks.items()):
            if owner == account and key in locks:
                self.set_lock(account, currency, key, ZERO)

    def transfer(
        self, source: str, target: str, currency: str, amount: Decimal, *, key: Hashable | None = None
    ) -> None:
        """Move money between accounts; with `key`, out of that lock first and then out of what is available.

        Raises:
            InsufficientBalance: if lock and available together are less than the amount; nothing has changed then.
            LedgerError: for a negative amount.
        """
        if amount < 0:
            raise LedgerError(f"A transfer of {amount} {currency} makes no sense.")
        if amount == 0 or source == target and key is None:
            return
        held = ZERO if key is None else self.lock_of(source, currency, key)
        from_lock = min(held, amount)
        self._need(source, currency, amount - from_lock)
        if from_lock:
            self.set_lock(source, currency, key, held - from_lock)
        self._set_total(source, currency, self.balance(source, currency).total - amount)
        self._set_total(target, currency, self.balance(target, currency).total + amount)

    def issued(self, currency: str) -> Decimal:
        """Deposits: the sum of all totals, always."""
        return self._issued.get(currency, ZERO)

    def check(self) -> None:
        """Prove the invariants.

        Raises:
            LedgerError: naming the first one that is broken.
        """
        sums: dict[str, Decimal] = {}
        for (account, currency), balance in self._balances.items():
            sums[currency] = sums.get(currency, ZERO) + balance.total
            locked = sum(self._locks.get((account, currency), {}).values(), ZERO)
            if locked != balance.locked:
                raise LedgerError(f"{account} locks {balance.locked} {currency}, its keys {locked}.")
            if account not in self._unlimited and not ZERO <= balance.locked <= balance.total:
                raise LedgerError(f"{account} has {balance.total} {currency} with {balance.locked} locked.")
        for currency, total in sums.items():
            if total != self.issued(currency):
                raise LedgerError(f"There are {total} {currency}, but {self.issued(currency)} were issued.")

    def _need(self, account: str, currency: str, amount: Decimal) -> None:
        available = self.balance(account, currency).available
        if amount > available and account not in self._unlimited:
            raise InsufficientBalance(f"{account} needs {amount} {currency} and has {available} available.")

    def _set_total(self, account: str, currency: str, total: Decimal) -> None:
        self._balances[account, currency] = LedgerBalance(total, self.balance(account, currency).locked)
        self._tell(account, currency)

    def _tell(self, account: str, currency: str) -> None:
        if self._changed is not None:
            self._changed(account, currency)

    @staticmethod
    def _positive(amount: Decimal) -> None:
        if amount <= 0:
            raise LedgerError(f"An amount of {amount} makes no sense.")
