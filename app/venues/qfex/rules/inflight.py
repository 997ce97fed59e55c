"""The amendments that left and the replies that may be theirs. No I/O, no clock: the listener feeds it and acts.

An amendment is *waiting* until its answer or its time-out, and *late* after a time-out or a broken link: then a reply
may still come, and is still recognised. One that was *refused* is remembered too: the refusal may have been meant for
another session's request, and then its success is still to come. And one that was *answered* by a success is
remembered because that may have been another session's, who made the same change first: then its refusal comes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from app.domain.amendment import Command
from app.domain.evidence import MILLISECOND, Finding, compare
from app.domain.order import Order
from app.domain.terms import own_terms
from app.venues.common.failures import Answer
from app.venues.qfex.rules.judge import RefusalMatch, claims, collide, could_be, judge, same_shape

#: Late, refused and answered amendments remembered; each is a few hundred bytes, and hardly any ever comes.
_KEPT = 100

#: QFEX holds every amendment for so long before it looks at it (`citations.SPEED_BUMP`), in nanoseconds.
BUMP = 100 * MILLISECOND


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
        answered: whether a success was taken for its answer.
        outlived: whether its order went on under an id that another amendment gave it: it cannot succeed any more.
        hinted: whether a person was told of a refusal that may be its late answer.
        held: a refusal that may be its answer or another session's, None if there was none.
        untied: ids of orders that may be its result or that of an amendment of a like order.
        broken: whether the connection broke since: then its refusal may have been missed.
        not_before: what came earlier cannot answer it, nanoseconds; 0 where that is not known.
        otherwise: what a reply said that may be its answer, and has other terms than asked for; "" if none came.
        answer_by: a list asked for from then on shows what became of it, nanoseconds.
    """

    command: Command
    done: Callable[[], None] = lambda: None
    written: Callable[[], None] = lambda: None
    waiting: bool = True
    tentative: str = ""
    refused: bool = False
    answered: bool = False
    outlived: bool = False
    hinted: bool = False
    held: Answer | None = None
    untied: set[str] = field(default_factory=set)
    broken: bool = False
    not_before: int = 0
    otherwise: str = ""
    answer_by: int = 0

    @property
    def old_id(self) -> str:
        """Return the id it was sent for."""
        return self.command.order.order_id

    @property
    def is_open(self) -> bool:
        """Return True if neither a success nor a refusal was taken for its answer, and both may still come."""
        return not (self.refused or self.answered or self.outlived)

    @property
    def may_succeed(self) -> bool:
        """Return True if a success may still come: one that was refused may have been refused for another session."""
        return not (self.answered or self.outlived)

    def leaves(self, at: int, answer_within: int) -> None:
        """Note that it is about to be handed over, and how long an answer may take; in nanoseconds."""
        self.not_before, self.answer_by = at + BUMP, at + answer_within


class SentAmendments:
    """Every amendment without an answer yet."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}
        self._answered: dict[str, tuple[Command, tuple[object, ...]]] = {}

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
        """Forget an amendment: it never left, or nothing can come of it any more."""
        self._sent.pop(sent.command.amendment_id, None)
        sent.waiting = False
        sent.done()

    def give_up(self, sent: Sent) -> bool:
        """Stop waiting for an answer; it may still come late. Returns True if it was waiting."""
        was, sent.waiting = sent.waiting, False
        sent.done()
        return was

    def refuse(self, sent: Sent) -> None:
        """Take a refusal for its answer; should it succeed all the same, that is recognised."""
        sent.refused, sent.waiting, sent.held = True, False, None
        sent.done()

    def outlive(self, old_id: str) -> None:
        """Take in that an order goes on under another id: nothing that is late or refused can succeed now."""
        for each in self._sent.values():
            if each.old_id == old_id and not each.waiting and not each.answered:
                each.outlived, each.held = True, None
                each.untied.clear()

    def waiting(self) -> list[Sent]:
        """Return those whose answer may still come in time, oldest first."""
        return [sent for sent in self._sent.values() if sent.waiting]

    def rival(self, order: Order) -> Sent | None:
        """Return a waiting amendment of this order, or of one whose reply could not be told from this one's.

        One whose new id was shown is no rival: its reply can only name that id.
        """
        open_ones = [each for each in self.waiting() if not each.tentative]
        return next(
            (each for each in open_ones if each.old_id == order.order_id or collide(each.command.order, order)),
            None,
        )

    def of(self, order_id: str) -> list[Sent]:
        """Return the amendments sent for this order id that have no answer yet; refusals and error frames name it."""
        return [sent for sent in self._sent.values() if sent.old_id == order_id and sent.is_open]

    def may_refuse(self, order_id: str, match: Callable[[Command], RefusalMatch]) -> tuple[list[Sent], bool]:
        """Return the amendments that a refusal may answer, and whether its terms speak for them.

        Args:
            order_id: as named by the refusal.
            match: compares the refusal's terms with those of a request.
        """
        matched = [(sent, match(sent.command)) for sent in self.of(order_id)]
        named = [sent for sent, each in matched if each is RefusalMatch.MATCHES]
        return named or [sent for sent, each in matched if each is RefusalMatch.UNDECIDED], bool(named)

    def refused_beside(self, order_id: str, match: Callable[[Command], RefusalMatch]) -> Sent | None:
        """Return an amendment with an answer already, which a refusal that is no open one's answers as well.

        A success may have been another session's, who made the same change first; then ours is refused after it. One
        that does not name what was asked for counts only where no other amendment can be meant, and for the first.
        """
        over = [each for each in self._sent.values() if each.old_id == order_id and not each.is_open]
        named = [sent for sent in over if match(sent.command) is RefusalMatch.MATCHES]
        maybe = [sent for sent in over if not sent.refused and match(sent.command) is RefusalMatch.UNDECIDED]
        return named[-1] if named else maybe[0] if len(maybe) == 1 else None

    def unchanged(self, listed: Mapping[str, Order], asked_at: int) -> list[tuple[Sent, Answer]]:
        """Return the amendments whose order a list still shows as it was, each with the refusal that was held for it.

        Its answer had its time before the list was asked for, so the refusal is the one that was given.
        """
        found: list[tuple[Sent, Answer]] = []
        for sent in self._sent.values():
            order = listed.get(sent.old_id)
            if sent.held is None or not sent.is_open or asked_at < sent.answer_by or order is None:
                continue
            if len(self.of(sent.old_id)) == 1 and judge(sent.command, order).finding is Finding.UNCHANGED:
                found.append((sent, sent.held))
        return found

    def shown_as(self, order_id: str) -> list[Sent]:
        """Return the amendments whose new id this was taken to be before a reply came."""
        return [sent for sent in self._sent.values() if sent.tentative == order_id]

    def modified(self, seen: Order, *, known: bool) -> Sent | None:
        """Return the one amendment whose success this MODIFIED reports; None if none or several could be meant.

        Args:
            seen: the order as reported.
            known: whether its id was seen before. It is new, or the old one, or one that was shown before the reply.
        """
        meant = [
            sent
            for sent in self._sent.values()
            if sent.may_succeed
            and (
                (seen.order_id == sent.old_id and not compare(sent.command.target, seen))
                or (self._may_be(sent, seen, known) and could_be(sent.command, seen))
            )
        ]
        # What was shown first has tied the id to one of them already.
        tied = [sent for sent in meant if sent.tentative == seen.order_id]
        return _one(tied or [sent for sent in meant if sent.waiting] or meant)

    def answered_otherwise(self, seen: Order, *, known: bool) -> Sent | None:
        """Return the one waiting amendment that this MODIFIED may answer with other terms; None if none or several.

        Arguments as of `modified`. It may be another session's amendment of the same order as well, so nothing follows
        from it but words.
        """
        near = [
            sent
            for sent in self.waiting()
            if (seen.order_id == sent.old_id or not (known or sent.tentative))
            and same_shape(sent.command.order, seen)
            and compare(sent.command.target, seen)
        ]
        return near[0] if len(near) == 1 else None

    @staticmethod
    def _may_be(sent: Sent, seen: Order, known: bool) -> bool:
        """Return True if this id may be the new one: the one that was shown or, where none was, an unknown one."""
        return seen.order_id == sent.tentative if sent.tentative else not known

    def answered(self, sent: Sent, seen: Order) -> None:
        """Take a success for its answer, and remember it; the same message may come once more."""
        sent.answered, sent.waiting, sent.held = True, False, None
        sent.untied.clear()
        sent.done()
        self._answered[seen.order_id] = (sent.command, _content(seen))
        while len(self._answered) > _KEPT:
            del self._answered[next(iter(self._answered))]

    def repeated(self, seen: Order) -> Command | None:
        """Return the amendment that had this very answer before, None if none had."""
        command, content = self._answered.get(seen.order_id, (None, ()))
        return command if content == _content(seen) else None

    def open_ones(self) -> list[Sent]:
        """Return the amendments without an answer, waiting or late, oldest first."""
        return [sent for sent in self._sent.values() if sent.is_open]

    def shown(self, seen: Order, beside: Collection[str] = ()) -> bool:
        """Return True if a fill or a list shows the new order of exactly one amendment before its reply came.

        Args:
            seen: the order.
            beside: ids in the list that shows it: these were not replaced by it.
        """
        sent = _one(
            [
                each
                for each in self._sent.values()
                if not each.tentative and each.may_succeed and each.old_id not in beside and claims(each.command, seen)
            ]
        )
        if sent is None:
            return False
        sent.tentative = seen.order_id
        return True

    def lost(self) -> None:
        """Take in a break: what happened meanwhile was not told, so what is left over proves nothing."""
        for sent in self._sent.values():
            sent.untied.clear()
            sent.broken = True


def _one(meant: list[Sent]) -> Sent | None:
    """Return the one that is meant: a refused one only where there is no other, the newest of several of one order.

    They all ask for the terms that were seen, so several of one order differ in nothing.
    """
    meant = [sent for sent in meant if not sent.refused] or meant
    return meant[-1] if len({sent.old_id for sent in meant}) == 1 else None


def _content(order: Order) -> tuple[object, ...]:
    """Return what makes two answers one and the same."""
    terms = tuple(term.of_order(order) for term in own_terms())
    return (order.raw_status, order.filled, order.updated_at, *terms)
