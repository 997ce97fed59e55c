"""From a draft to a plan: what was typed, what stands against it, what it would do, and what would be sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.domain.form import FieldName, IdAfter, QueuePlace, Route
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Order
from app.domain.rules import Rule

#: What may stand in a venue's field: an exact number, a text, a whole number, a flag.
WireValue = Decimal | str | int | bool


@dataclass(frozen=True, slots=True)
class Draft:
    """Values typed, not sent. `base` is the order as it was when the draft was last rebased on it.

    `values` holds only fields the person set, as (field, number or choice); `route` None means the default route.
    """

    base: Order
    values: tuple[tuple[FieldName, Decimal | str], ...] = ()
    route: str | None = None

    def number(self, name: FieldName) -> Decimal | None:
        """The number typed into a field, or None."""
        value = self.get(name)
        return value if isinstance(value, Decimal) else None

    def choice(self, name: FieldName) -> str | None:
        """The choice made in a field, or None."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def get(self, name: FieldName) -> Decimal | str | None:
        """Whatever was set in a field, or None."""
        return next((value for key, value in self.values if key == name), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms an order should have after an amendment; None means "not part of the request, not judged".

    `quantity` is the total size, fills included; `remaining` is judged where the venue's request means the remainder.
    """

    price: Decimal | None = None
    quantity: Decimal | None = None
    remaining: Decimal | None = None
    value: Decimal | None = None
    stop: Decimal | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Amendments of one order that its venue has accepted and not shown yet, in the order in which they were asked for.

    Attributes:
        shown: the order as the venue showed it last.
        ids: of the amendments, at least one.
        asked: the terms that each asks for, in the same order.
    """

    shown: Order
    ids: tuple[str, ...]
    asked: tuple[Terms, ...]

    def states(self) -> tuple[Order, ...]:
        """Return every state the order may be in: as shown, and after each amendment that takes effect in turn."""
        found = [self.shown]
        for terms in self.asked:
            found.append(with_terms(found[-1], terms))
        return tuple(found)

    @property
    def expected(self) -> Order:
        """Return the order as it will be once all of them have taken effect: as asked, proven by nothing."""
        return self.states()[-1]


def with_terms(order: Order, terms: Terms) -> Order:
    """Return an order with other terms; what follows from them, such as what remains, is left to it."""
    names = ("price", "quantity", "value", "stop", "take_profit", "stop_loss")
    return replace(order, **{name: value for name in names if (value := getattr(terms, name)) is not None})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything outside the order that a rulebook may look at; all of it as last proven by the venue.

    Attributes:
        now: nanoseconds since 1970 UTC.
        instrument, quote: None until loaded.
        balances: by currency, in the venue's own spelling.
        link: state of the account's link.
        amending: whether an amendment of this lineage is unresolved.
        waiting: those amendments, where the venue has accepted every one; None where one may not have arrived yet, or
            may have been refused.
        rivals: other orders of this account with an unresolved amendment.
        cancelling: whether a cancel of this order is under way.
        switches: the account's settings for what the venue's documents leave open.
    """

    now: int
    instrument: Instrument | None = None
    quote: Quote | None = None
    balances: dict[str, Balance] = field(default_factory=dict)
    link: LinkState = LinkState.UP
    amending: bool = False
    waiting: Waiting | None = None
    rivals: tuple[Order, ...] = ()
    cancelling: bool = False
    switches: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stops a draft. `nearest` are legal values to offer, nearest first; never applied by themselves."""

    text: str
    field: FieldName | None = None
    rule: Rule | None = None
    nearest: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a person must know that does not stop the draft.

    `confirm` asks for one explicit extra consent; `about_place` tells that it asks about nothing but the place in the
    queue, which the chosen route gives up; `limit` names the soft limit of the desk's own that asks, by which a person
    consents with a longer press instead of a tick.
    """

    text: str
    field: FieldName | None = None
    rule: Rule | None = None
    confirm: bool = False
    about_place: bool = False
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Objections to a draft: problems stop it, cautions do not. `checked` counts the rules looked at."""

    problems: tuple[Problem, ...] = ()
    cautions: tuple[Caution, ...] = ()
    checked: int = 0

    @property
    def ok(self) -> bool:
        """Return True if the draft may be sent."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "what will change": a label and its value now, at the peak while in flight, and after.

    Values are exact numbers or short words; None prints as a dash. `delta` is after − now where it is of interest.
    """

    label: str
    now: Decimal | str | None
    peak: Decimal | str | None
    after: Decimal | str | None
    changed: bool = False
    delta: Decimal | None = None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BalanceForecast:
    """One currency's lock and availability now, at the peak while in flight, and after; exact to the digit.

    `delta` is locked after − locked now: above zero more is locked, below zero the amount is unlocked. The
    `available_*` are None while the balance is not known. `as_of` is when the balance was read.
    """

    currency: str
    locked_now: Decimal
    locked_peak: Decimal
    locked_after: Decimal
    delta: Decimal
    total: Decimal | None = None
    available_now: Decimal | None = None
    available_peak: Decimal | None = None
    available_after: Decimal | None = None
    as_of: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """Effect that a route would have: before, peak while in flight, after."""

    lines: tuple[Line, ...]
    balance: BalanceForecast | None
    queue: QueuePlace
    queue_note: str
    id_after: IdAfter
    attributes_lost: tuple[str, ...] = ()
    worst_case: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Result of a draft.

    Attributes:
        draft: as typed.
        route: the route it would take; None where no route can do it.
        verdict: what stands against it.
        target: the terms the order should have afterwards; None while the verdict has problems.
        fields: the venue's own field names and values in wire order (ids and secrets are added by the connector).
        consequence: what it would do; also given for a draft with problems where it can be computed.
    """

    draft: Draft
    route: Route | None
    verdict: Verdict
    target: Terms | None = None
    fields: tuple[tuple[str, WireValue], ...] = ()
    consequence: Consequence | None = None


@dataclass(frozen=True, slots=True)
class WirePreview:
    """The exact request as it will leave, with secrets masked.

    `transport` is "http" or "websocket"; `head` the request line ("PATCH /api/v4/orders/…", or the socket's name);
    `headers` with masked secrets; `body` the exact body text.
    """

    transport: str
    head: str
    body: str
    headers: tuple[tuple[str, str], ...] = ()
