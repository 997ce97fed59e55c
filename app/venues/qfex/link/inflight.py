"""The amendments that left and the replies that may be theirs. No I/O, no clock: the connector feeds it and acts.

An amendment is *waiting* until its answer or its time-out, and *late* after a time-out or a broken link: then a reply
may still come, and is still recognised. One that was *refused* is remembered too: the refusal may have been meant for
another session's request, and then its success is still to come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.amendment import Command
from app.domain.evidence import compare
from app.domain.order import Order
from app.venues.qfex.rules.judge import Bearing, collide, is_result

#: Late and refused amendments remembered; each is a few hundred bytes, and hardly any ever comes.
_KEPT = 100


@dataclass(slots=True)
class Sent:
    """One amendment under way.

    Attributes:
        command: as sent.
        done: called when its answer came, or nobody waits for it any more.
        written: reports the hand-over to the socket, once.
        waiting: whether its answer may still come in time.
        tentative: the new id a fill or a list showed before the reply came, "" if none did.
        refused: whether a refusal was taken for its answer.
        hinted: whether a person was told of a refusal that may be its late answer.
    """

    command: Command
    done: Callable[[], None] = lambda: None
    written: Callable[[], None] = lambda: None
    waiting: bool = True
    tentative: str = ""
    refused: bool = False
    hinted: bool = False

    @property
    def old_id(self) -> str:
        """The id it was sent for."""
        return self.command.order.order_id


class InFlight:
    """Every amendment without an answer yet."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}
        self._answered: dict[str, tuple[str, tuple[object, ...]]] = {}

    def add(
        self,
        command: Command,
        done: Callable[[], None] = lambda: None,
        written: Callable[[], None] = lambda: None,
    ) -> Sent:
        """Remember an amendment that is about to leave; callbacks as of `Sent`."""
        sent = Sent(command, done, written)
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

    def refuse(self, sent: Sent) -> None:
        """A refusal was taken for its answer; should it succeed all the same, that is recognised."""
        sent.refused, sent.waiting = True, False
        sent.done()

    def outlive(self, old_id: str) -> None:
        """The order goes on under another id: nothing late or refused that was sent for the old one can succeed now."""
        for each in [each for each in self._sent.values() if each.old_id == old_id and not each.waiting]:
            self.settle(each)

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

    def of(self, order_id: str) -> list[Sent]:
        """The amendments sent for this order id that have no answer yet; a refusal and an error frame name that id."""
        return [sent for sent in self._sent.values() if sent.old_id == order_id and not sent.refused]

    def may_refuse(self, order_id: str, bearing: Callable[[Command], Bearing]) -> tuple[list[Sent], bool]:
        """The amendments that a refusal may answer, and whether its terms speak for them.

        Args:
            order_id: as named by the refusal.
            bearing: what the refusal's terms say about a request.
        """
        found = [(sent, bearing(sent.command)) for sent in self.of(order_id)]
        named = [sent for sent, says in found if says is Bearing.NAMED]
        return named or [sent for sent, says in found if says is Bearing.OPEN], bool(named)

    def shown_as(self, order_id: str) -> list[Sent]:
        """The amendments whose new id this was taken to be before a reply came."""
        return [sent for sent in self._sent.values() if sent.tentative == order_id]

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
        return _one(tied or [sent for sent in found if sent.waiting] or found)

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
        """Return True if a fill or a list shows the new order of exactly one amendment before its reply came."""
        sent = _one([each for each in self._sent.values() if not each.tentative and is_result(each.command, seen)])
        if sent is None:
            return False
        sent.tentative = seen.order_id
        return True


def _one(found: list[Sent]) -> Sent | None:
    """The one that is meant: a refused one only where there is no other, the newest of several of one order.

    They all ask for the terms that were seen, so several of one order differ in nothing.
    """
    found = [sent for sent in found if not sent.refused] or found
    return found[-1] if len({sent.old_id for sent in found}) == 1 else None


def _said(order: Order) -> tuple[object, ...]:
    """Return what makes two answers one and the same."""
    return (
        order.raw_status,
        order.price,
        order.quantity,
        order.filled,
        order.take_profit,
        order.stop_loss,
        order.updated_at,
    )
