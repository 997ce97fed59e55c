"""Name of a venue for a person, its limits, and the needs of its configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One page the venue's rules come from."""

    title: str
    url: str
    read_on: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A venue's profile.

    Attributes:
        name: registry name, lower case.
        title: what a person calls it.
        amends_per_window, window_s: the venue's documented limit that binds amends, as used for the meter.
        limit_text: the limit in a person's words, such as "10 modify /s".
        needs_addresses, needs_credentials: keys a configuration must give, with one-line meanings.
        switches: settings for what the documents leave open: (name, default, meaning).
        environments: addresses by environment for demo and live, by address key.
        documents: where the rules come from.
        account_switch: the switch that names an account of a login; several names in it, separated by commas, are as
            many accounts of this ticket. "" where a login has one account.
    """

    name: str
    title: str
    amends_per_window: int
    window_s: int
    limit_text: str
    needs_addresses: tuple[tuple[str, str], ...]
    needs_credentials: tuple[tuple[str, str], ...]
    switches: tuple[tuple[str, str, str], ...] = ()
    environments: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    documents: tuple[Document, ...] = ()
    account_switch: str = ""
