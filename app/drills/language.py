"""Language of drills: a practice venue's way to bring a scenario about, as data.

A venue's folder in `app/drills/venues` has a module `table` with `DRILLS`: for every number of `scenarios.SCENARIOS`
either the drills that bring it about there (mostly one), or `NotHere` with the reason why the venue cannot. A drill is
data: an order, steps in sequence, and expectations. Steps that are the same on several venues are said once, in
`app.drills.patterns`. The runner (`app.drills.play`) knows no venue: it starts the venue and a desk on it, does the
steps, and compares what the desk shows with what the exchange holds.

    Drill(
        order={"order_id": "6507"},                            # as `VenueServer.truth` describes it
        steps=(
            fault("drop", "amend"),                            # planned at the control endpoint
            Send({"quantity": "0.6"}),                         # typed, confirmed and sent as a person would
        ),
        ends=(stage("confirmed"), expect("passed", stages=("unknown",))),
    )

Checks are named in `app.drills.checks.registry`. Besides what a drill expects, every drill must end with each row of
the desk equal to the exchange, one request at the venue for each amendment sent, and every planned fault having struck.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import app.drills.venues

#: Stands in texts of steps for the id the drill's order had first; the control endpoint knows it for ever.
ORDER = "{order}"
#: Stands for the id its row has now.
NOW = "{now}"
#: Stands for the id of the order the exchange took last.
NEWEST = "{newest}"

#: The order amended: fields of its truth at the exchange that only one open order has.
OrderTraits = Mapping[str, Any]
#: Text by common field name.
Changes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Expect:
    """One thing that must be true: a named check and its arguments."""

    check: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Send:
    """Type these changes and send them, consents given.

    Attributes:
        changes: text by common field name.
        route: "" for the default one.
        reaches: whether the request reaches the venue; a drill counts those that do.
    """

    changes: Changes
    route: str = ""
    reaches: bool = True


@dataclass(frozen=True, slots=True)
class SendAlso:
    """Send a change of another order in the same request; see `Drill.batch`."""

    order: OrderTraits
    changes: Changes


@dataclass(frozen=True, slots=True)
class Type:
    """Type these changes and leave the draft open; checks of drafts look at it."""

    changes: Changes
    route: str = ""


@dataclass(frozen=True, slots=True)
class SendTyped:
    """Send the open draft as it was looked at.

    Attributes:
        blocked: words of the sentence with which the desk must decline; "" where it must send.
    """

    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the order."""


@dataclass(frozen=True, slots=True)
class Tell:
    """A request to the control endpoint about this venue; see `control.py` for paths and bodies."""

    path: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until all of it is true."""

    expected: tuple[Expect, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """All of it must be true at this moment."""

    expected: tuple[Expect, ...]


@dataclass(frozen=True, slots=True)
class CheckNow:
    """Look the order up, as a person does with “check now”."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Let so much time go by, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Restart:
    """End the desk as a crash would and start another one on the same journal."""


DrillStep = Send | SendAlso | Type | SendTyped | Cancel | Tell | Until | Now | CheckNow | Pass | Restart


@dataclass(frozen=True, slots=True)
class Drill:
    """One way in which a venue brings a scenario about.

    Attributes:
        order: the order amended: fields of its truth at the exchange that only one open order has.
        steps: what happens, in sequence.
        ends: what must be true in the end.
        case: which of several drills of the number this is; "" for the only one.
        switches: of the practice venue, set before anything starts.
        account: the account's own switches.
        at_rest: whether the desk's rows must equal the exchange in the end.
        batch: how many amendments leave in one request of the venue's batch call; 0 for one each.
    """

    order: OrderTraits
    steps: tuple[DrillStep, ...]
    ends: tuple[Expect, ...]
    case: str = ""
    switches: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, str] = field(default_factory=dict)
    at_rest: bool = True
    batch: int = 0


class Given(TypedDict, total=False):
    """Options of nearly any drill beside its order, its steps and its ends: see `Drill`."""

    case: str
    switches: Mapping[str, Any]
    account: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotHere:
    """Reason why a venue cannot bring a scenario about."""

    reason: str


#: Drills of a venue, or reasons, by scenario number.
Drills = Mapping[int, Sequence[Drill] | NotHere]


def drills_of(venue: str) -> Drills:
    """Drills or reasons of the practice venue of that folder, for every scenario."""
    module = importlib.import_module(f"{app.drills.venues.__name__}.{venue}.table")
    found: Drills = module.DRILLS
    return found


# -- short forms for what nearly every drill says ----------------------------------------------------------------------


def expect(check: str, **arguments: Any) -> Expect:
    """A check and its arguments."""
    return Expect(check, arguments)


def stage(*be: str) -> Expect:
    """The last amendment stands at one of these stages."""
    return Expect("stage", {"be": be})


def row(**terms: str) -> Expect:
    """The drill's row shows these terms, and the exchange holds them too."""
    return Expect("row", terms)


def fault(action: str, operation: str, **more: Any) -> Tell:
    """Plan a fault: `point`, `order_id`, `count` and `skip` are its own, all else its arguments."""
    body: dict[str, Any] = {"action": action, "operation": operation}
    body |= {name: more.pop(name) for name in ("point", "order_id", "count", "skip") if name in more}
    return Tell("faults", {**body, "arguments": more})


def fill(quantity: str, order_id: str = ORDER) -> Tell:
    """Others trade so much of an order."""
    return Tell("fill", {"order_id": order_id, "quantity": quantity})


def reached(name: str) -> Until:
    """Wait until the last amendment has been at a stage."""
    return Until((expect("passed", stages=(name,)),))


def arrived(operation: str = "amend") -> Until:
    """Wait until a request of this kind is at the venue."""
    return Until((expect("requests", operation=operation, at_least=1),))


def unsent(*operations: str) -> tuple[Expect, ...]:
    """No request of these kinds came to the venue."""
    return tuple(expect("requests", operation=each, at_most=0) for each in operations)


#: The row never showed the order as cancelled.
NEVER_CANCELLED = expect("never_shown", statuses=("cancelled",))
