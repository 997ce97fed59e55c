"""What the journal says against what the practice exchanges know: nothing lost, nothing twice, nothing untrue.

The exchanges are asked through the control endpoint, which no ticket knows, and their requests are read here anew: what
is compared shares no code with what was sent.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from app.desk.journal import codec as codec
from app.desk.journal import files as files
from app.desk.journal.chain import Row
from app.desk.journal.reading import rows, verify_family
from app.desk.journal.recovery import ENDED_FIRST
from app.desk.journal.replay import Checkpoint, Folded, replay, state_hash
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import FieldName
from app.domain.money import ZERO
from app.domain.plan import Terms
from app.domain.ports import Rulebook

#: What a request may be that changes an order.
AMENDS = frozenset({"amend", "batch_amend", "replace"})
OTHER_WRITES = frozenset({"place", "cancel", "cancel_all"})

#: A figure the exchange derives by rounding may differ in its last place.
LAST_PLACE = Decimal("0.00000001")

MILLISECOND = 1_000_000

#: How far an amendment had come when the ticket was killed, by the last record about it.
REACHED = {
    "AmendmentRequested": "intent on the disk",
    "AmendmentQueued": "waiting for the rate limit",
    "AmendmentWritten": "written",
    "AmendmentAcknowledged": "acknowledged",
}


@dataclass(slots=True)
class Record:
    """A whole journal.

    Attributes:
        folded: its fold. intents: every intent by amendment id, with the account's name.
        unsent: amendments of which the ticket says that they never left.
        caught: amendments without an outcome when the ticket was killed, and how far they had come.
        sessions: how many there were, and `killed` how many of them recorded no end.
        rows: how many records. broken: sentences about the chain and the fold, none if they hold.
    """

    folded: Folded
    intents: dict[str, tuple[str, Amendment]] = field(default_factory=dict)
    unsent: set[str] = field(default_factory=set)
    caught: dict[str, str] = field(default_factory=dict)
    sessions: int = 0
    killed: int = 0
    rows: int = 0
    segments: int = 0
    broken: list[str] = field(default_factory=list)


def read(journal: Path, rulebooks: Mapping[str, Rulebook], live: str) -> Record:
    """Read a journal from its first row.

    Args:
        journal: its first segment.
        rulebooks: by venue name.
        live: hash of the state the last ticket ended with.
    """
    segments = files.segments(journal)
    record = Record(Folded(), segments=len(segments))
    record.broken += [f"{path.name}: {broken.text}" for path, broken in verify_family(segments)]
    since: list[Row] = []
    reached: dict[str, str] = {}
    ended = True
    for row in (row for path in segments for row in rows(path)):
        record.rows += 1
        if row.kind == Checkpoint.__name__:
            if since:
                _check_fold(record, replay(since, rulebooks), codec.loads(Checkpoint, row.body).hash, row.seq)
            since = []
        since.append(row)
        if row.kind == "Session":
            record.sessions += 1
            record.killed += not ended
            ended = False
        ended = ended or row.kind == "SessionEnded"
        if row.kind.startswith("Amendment"):
            _note(record, reached, codec.loads(codec.EVENTS[row.kind], row.body))
    record.folded = replay(since, rulebooks)
    _check_fold(record, record.folded, live, record.rows)
    return record


def _check_fold(record: Record, folded: Folded, wanted: str, seq: int) -> None:
    if state_hash(folded.state) != wanted:
        record.broken.append(f"The fold up to row {seq} is not the state the ticket had.")


def _note(record: Record, reached: dict[str, str], event: Any) -> None:
    if isinstance(event, ev.AmendmentRequested):
        record.intents[event.amendment.amendment_id] = (event.account, event.amendment)
        reached[event.amendment.amendment_id] = REACHED[type(event).__name__]
        return
    if isinstance(event, ev.AmendmentUnsent):
        record.unsent.add(event.amendment_id)
    elif isinstance(event, ev.AmendmentUnanswered) and event.text == ENDED_FIRST:
        record.caught[event.amendment_id] = reached[event.amendment_id]
    reached[event.amendment_id] = REACHED.get(type(event).__name__, reached[event.amendment_id])


# -- what the exchanges received ---------------------------------------------------------------------------------------


class Received:
    """The requests the exchanges received, each given to the intent whose terms it carries."""

    def __init__(self, intents: Mapping[str, tuple[str, Amendment]]) -> None:
        self.times: Counter[str] = Counter()
        self.by_account: Counter[str] = Counter()
        self.stray: list[str] = []
        self._by_order: dict[str, dict[str, list[Amendment]]] = defaultdict(lambda: defaultdict(list))
        for account, amendment in intents.values():
            self._by_order[account][amendment.command.order.order_id].append(amendment)

    def take(self, account: str, requests: Iterable[Mapping[str, Any]]) -> None:
        """Take the requests one exchange received."""
        for request in requests:
            if request["operation"] in OTHER_WRITES:
                self.stray.append(f"{account} received what nobody asked for: {request['text']}")
            if request["operation"] not in AMENDS:
                continue
            self.by_account[account] += 1
            found = self._intents_of(account, request["text"])
            if len(found) == 1:
                self.times[found[0].amendment_id] += 1
            else:
                whose = ", ".join(each.amendment_id for each in found) or "no intent in the journal"
                self.stray.append(f"{account} received a request of {whose}: {request['text']}")

    def _intents_of(self, account: str, text: str) -> list[Amendment]:
        said = list(_leaves(_json_in(text)))
        found = [
            each
            for order_id, amendments in self._by_order[account].items()
            if order_id in text
            for each in amendments
            if all(any(name == key and _same(value, item) for key, item in said) for name, value in each.command.fields)
        ]
        # A request that says more than an intent does is another one's.
        most = max((len(each.command.fields) for each in found), default=0)
        return [each for each in found if len(each.command.fields) == most]


def _json_in(text: str) -> Any:
    return json.loads(text[text.index("{") :], parse_float=Decimal)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every named value in a message, those in messages within it included."""
    match value:
        case dict():
            for key, item in value.items():
                yield from _leaves(item, key)
        case list():
            for item in value:
                yield from _leaves(item, name)
        case str() if value.startswith("{"):
            yield from _leaves(_json_in(value))
        case _:
            yield name, value


def _same(asked: Any, said: Any) -> bool:
    if isinstance(asked, bool) or isinstance(said, bool):
        return asked is said
    try:
        return Decimal(str(asked)) == Decimal(str(said))
    except InvalidOperation:
        return str(asked) == str(said)


# -- what the exchanges hold -------------------------------------------------------------------------------------------


class Exchange:
    """The orders of one practice exchange with their whole history."""

    def __init__(self, orders: Sequence[Mapping[str, Any]]) -> None:
        """Args: orders: as the control endpoint tells them."""
        self._orders = orders

    def holds(self, amendment: Amendment, ids: Sequence[str]) -> bool:
        """Whether one of these orders had all terms asked for, from the asking on."""
        target = amendment.command.target
        return any(
            _has(line, target, LAST_PLACE) and _has(line, _asked_alone(amendment))
            for order in self._orders
            if _ids(order) & set(ids)
            for line in _since(order, amendment)
        )

    def shows(self, amendment: Amendment) -> bool:
        """Whether any order had the number asked for, from the asking on; nobody asked for it twice."""
        alone = _asked_alone(amendment)
        return any(_has(line, alone) for order in self._orders for line in _since(order, amendment))

    def working(self) -> Counter[tuple[str, Decimal | None, Decimal, Decimal]]:
        """The open orders: id, price, quantity, filled."""
        return Counter(
            (each["order_id"], _number(each["price"]), Decimal(each["quantity"]), Decimal(each["filled"]))
            for each in self._orders
            if each["status"] in ("pending", "untriggered", "working", "partially_filled")
        )


def _asked_alone(amendment: Amendment) -> Terms:
    """The one number the person typed: a price, or what should remain where the request means that, or the total."""
    target = amendment.command.target
    (name, _, _), *_ = amendment.asked
    if name is FieldName.PRICE:
        return Terms(price=target.price)
    return Terms(remaining=target.remaining) if target.remaining is not None else Terms(quantity=target.quantity)


def _since(order: Mapping[str, Any], amendment: Amendment) -> Iterator[Mapping[str, Any]]:
    """The lines of an order's history from the asking on; the exchange tells time in milliseconds."""
    asked_at = amendment.rungs[0].at // MILLISECOND * MILLISECOND
    return (line for line in order["history"] if line["time_ns"] >= asked_at)


def _ids(order: Mapping[str, Any]) -> set[str]:
    return {order["order_id"], *order["former_ids"]}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _has(line: Mapping[str, Any], target: Terms, within: Decimal = ZERO) -> bool:
    """Whether a line of history has these terms; figures the exchange may derive are compared `within`."""
    quantity, filled = Decimal(line["quantity"]), Decimal(line["filled"])
    pairs = (
        (target.price, _number(line["price"]), ZERO),
        (target.quantity, quantity, within),
        (target.remaining, quantity - filled, ZERO),
        (target.value, _number(line["value"]), within),
        (target.stop, _number(line["stop"]), ZERO),
    )
    return all(asked is None or (held is not None and abs(asked - held) <= off) for asked, held, off in pairs)


def untrue(record: Record, received: Received, exchanges: Mapping[str, Exchange]) -> dict[str, str]:
    """Every amendment whose outcome is not what happened, and one sentence that says why."""
    found: dict[str, str] = {}
    state = record.folded.state
    for amendment_id, (account, _) in record.intents.items():
        amendment = state.amendments[amendment_id]
        exchange = exchanges[account]
        stage, came = amendment.stage, received.times[amendment_id]
        if not stage.is_settled:
            found[amendment_id] = f"is left {stage.value}: {amendment.missing}"
        elif stage is AmendmentStage.CONFIRMED and not came:
            found[amendment_id] = "is confirmed, and the venue never received it"
        elif stage is AmendmentStage.CONFIRMED:
            if not exchange.holds(amendment, state.lineages[amendment.lineage].ids):
                found[amendment_id] = "is confirmed, and the order never had these terms"
        elif stage is AmendmentStage.REFUSED and not came:
            found[amendment_id] = "is refused, and the venue never received it"
        elif stage is not AmendmentStage.DIFFERENT and not amendment.missing and exchange.shows(amendment):
            # What came out different, or says what it does not know, claims nothing about what it was in between.
            found[amendment_id] = f"is {stage.value}, and the order had these terms"
        elif amendment_id in record.unsent and came:
            found[amendment_id] = "is told as never sent, and the venue received it"
    return found


def rows_apart(record: Record, exchanges: Mapping[str, Exchange]) -> list[str]:
    """The working orders that are not the same here and there."""
    ours: dict[str, Counter[tuple[str, Decimal | None, Decimal, Decimal]]] = defaultdict(Counter)
    for row in record.folded.state.open_lineages():
        ours[row.account][row.order.order_id, row.order.price, row.order.quantity, row.order.filled] += 1
    return [
        f"{account}: working here {sorted(map(str, here - there))}, there {sorted(map(str, there - here))}"
        for account, exchange in exchanges.items()
        for here, there in [(ours[account], exchange.working())]
        if here != there
    ]
