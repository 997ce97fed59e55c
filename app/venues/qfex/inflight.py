"""The amendments that left and the replies that may be theirs. No I/O, no clock: the connector feeds it and acts.

An amendment is *waiting* until its answer or its time-out, and *late* after a time-out or a broken link: then a reply
may still come, and is still recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.amendment import Command
from app.domain.evidence import compare
from app.domain.order import Order
from app.venues.qfex.matching import collide, is_result

#: Late amendments remembered; each is a few hundred bytes, and hardly any ever comes.
_KEPT = 100


@dataclass(slots=True)
class Sent:
    """One amendment under way.

    Attributes:
        command: as sent.
        done: called once, when its answer came.
        told: whether the hand-over to the socket was reported.
        waiting: whether its answer may still come in time.
        tentative: the new id a fill or a list showed before the reply came, "" if none did.
    """

    command: Command
    done: Callable[[], None] = lambda: None
    told: bool = False
    waiting: bool = True
    tentative: str = ""

    @property
    def old_id(self) -> str:
        """The id it was sent for."""
        return self.command.order.order_id


class InFlight:
    """Every amendment without an answer yet."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}
        self._answered: dict[str, tuple[str, tuple[object, ...]]] = {}

    def add(self, command: Command, done: Callable[[], None] = lambda: None) -> Sent:
        """Remember an amendment that is about to leave; an older one of the same order id is settled by then."""
        for other in [each for each in self._sent.values() if each.old_id == command.order.order_id]:
            self.settle(other)
        sent = Sent(command, done)
        self._sent[command.amendment_id] = sent
        while len(self._sent) > _KEPT:
            late = next((each for each in self._sent.values() if not each.waiting), None)
            if late is None:
                break
            self.settle(late)
        return sent

    def settle(self, sent: Sent) -> None:
        """Forget an amendment: it was answered, or never left."""
        self._sent.pop(sent.command.amendment_id, None)
        sent.waiting = False
        sent.done()

    def give_up(self, sent: Sent) -> bool:
        """Stop waiting for an answer; it may still come late. Answers whether it was waiting."""
        was, sent.waiting = sent.waiting, False
        sent.done()
        return was

    def waiting(self) -> list[Sent]:
        """Those whose answer may still come in time, oldest first."""
        return [sent for sent in self._sent.values() if sent.waiting]

    def rival(self, order: Order) -> Sent | None:
        """A waiting amendment of this order, or of one whose reply could not be told from this one's.

        One whose new id was shown is no rival: its reply can only name that id.
        """
        open_ones = [each for each in self.waiting() if not each.tentative]
        return next(
            (each for each in open_ones if each.old_id == order.order_id or collide(each.command.order, order)),
            None,
        )

    def of(self, order_id: str) -> Sent | None:
        """The amendment that was sent for this order id; a refusal and an error frame name it."""
        return next((sent for sent in self._sent.values() if sent.old_id == order_id), None)

    def modified(self, seen: Order, *, known: bool) -> Sent | None:
        """The one amendment whose success this MODIFIED reports; None if none or several could be meant.

        Args:
            seen: the order as reported.
            known: whether its id was seen before. It is new, or the old one, or one that was shown before the reply.
        """
        found = [
            sent
            for sent in self._sent.values()
            if (seen.order_id == sent.old_id and not compare(sent.command.target, seen))
            or (self._may_be(sent, seen, known) and is_result(sent.command, seen))
        ]
        # What was shown first has tied the id to one of them already.
        tied = [sent for sent in found if sent.tentative == seen.order_id]
        found = tied or [sent for sent in found if sent.waiting] or found
        return found[0] if len(found) == 1 else None

    @staticmethod
    def _may_be(sent: Sent, seen: Order, known: bool) -> bool:
        """Whether this id may be the new one: the one that was shown or, where none was, one that nobody knows."""
        return seen.order_id == sent.tentative if sent.tentative else not known

    def answered(self, sent: Sent, seen: Order) -> None:
        """An amendment got this answer; the same message may come once more."""
        self._answered[seen.order_id] = (sent.command.amendment_id, _said(seen))
        while len(self._answered) > _KEPT:
            del self._answered[next(iter(self._answered))]

    def repeated(self, seen: Order) -> str:
        """The id of the amendment that had this very answer before, "" if none had."""
        amendment_id, said = self._answered.get(seen.order_id, ("", ()))
        return amendment_id if said == _said(seen) else ""

    def shown(self, seen: Order) -> bool:
        """Whether a fill or a list shows the new order of exactly one amendment before its reply came."""
        found = [sent for sent in self._sent.values() if not sent.tentative and is_result(sent.command, seen)]
        if len(found) != 1:
            return False
        found[0].tentative = seen.order_id
        return True


def _said(order: Order) -> tuple[object, ...]:
    """What makes two answers one and the same."""
    return (
        order.raw_status,
        order.price,
        order.quantity,
        order.filled,
        order.take_profit,
        order.stop_loss,
        order.updated_at,
    )
