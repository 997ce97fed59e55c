"""Accounts as configured, made whole by what their venue's profile knows."""

from __future__ import annotations

from dataclasses import replace

from app.domain.account import Account
from app.domain.form import InputError
from app.domain.plain import if_a_name, quoted_name
from app.domain.profile import Profile


def parted(account: Account, profile: Profile) -> tuple[Account, ...]:
    """The accounts of one login, each as an account of its own, where the configuration names several of them.

    Each is called by the configured name and the venue's own of it; one alone keeps the configured name.
    """
    named = account.switches.get(profile.account_switch, "") if profile.account_switch else ""
    parts = list(dict.fromkeys(part.strip() for part in named.split(",") if part.strip()))
    if len(parts) < 2:
        return (account,)
    return tuple(
        replace(account, name=f"{account.name}-{part}", switches={**account.switches, profile.account_switch: part})
        for part in parts
    )


def completed(account: Account, profile: Profile) -> Account:
    """The account with the venue's own addresses for its environment where the configuration gives none.

    Raises:
        app.domain.form.InputError: for an address or credential the venue has no use for, such as a misspelt one.
    """
    for what, given, needed in (
        ("address", account.addresses, profile.needs_addresses),
        ("credential", account.credentials, profile.needs_credentials),
    ):
        names = [name for name, _ in needed]
        for name in given:
            if name not in names:
                text = f"account “{account.name}”: there is no {what} {quoted_name(name)}; use {', '.join(names)}."
                raise InputError(if_a_name(name, what), text)
    known = dict(next((found for name, found in profile.environments if name == account.environment.value), ()))
    return replace(account, addresses={**known, **account.addresses})
