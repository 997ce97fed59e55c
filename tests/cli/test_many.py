"""Exit codes and words of orders in a batch, without a venue."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.cli.many import _GRAVITY, _code, _shape, _verdicts
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.desk.batch.exposure import Change
from app.desk.batch.members import Ending, Member, Remark, Said
from app.domain.plan import Terms
from tests.helpers.paper_desk import PaperDesk
from tests.helpers.toy_venue import order


def member(*said: Said, ending: Ending = Ending.NOT_SENT, sends: bool = True) -> Member:
    change = Change(order(), Terms(price=Decimal(1))) if sends else None
    return Member("toy/o1", "toy", order(), said, None, change, ending)


@pytest.mark.parametrize(
    "each, consent, code",
    [
        (member(Said(Remark.BLOCKED, "no"), sends=False), True, EXIT_INPUT),
        (member(Said(Remark.SAME), sends=False), True, EXIT_OK),
        (member(Said(Remark.HELD, "read-only"), sends=False), True, EXIT_UNKNOWN),
        (member(Said(Remark.LIMITED, "far")), False, EXIT_INPUT),
        (member(Said(Remark.SENDS)), True, EXIT_UNKNOWN),
        (member(Said(Remark.SENDS), ending=Ending.HELD_BACK), True, EXIT_UNKNOWN),
        (member(Said(Remark.CANCELS), ending=Ending.CANCELLED), True, EXIT_OK),
        (member(Said(Remark.CANCELS), ending=Ending.STILL_OPEN), True, EXIT_REFUSED),
        (member(Said(Remark.CANCELS), ending=Ending.ENDED), True, EXIT_REFUSED),
        (member(Said(Remark.CANCELS), ending=Ending.UNKNOWN), True, EXIT_UNKNOWN),
    ],
)
def test_each_order_counts_as_it_would_alone(each: Member, consent: bool, code: int) -> None:
    assert _code(PaperDesk("bitso").desk, each, consent) == code


def test_what_is_not_known_outweighs_what_failed() -> None:
    assert max((EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN, EXIT_INPUT), key=_GRAVITY.index) == EXIT_UNKNOWN
    assert max((EXIT_OK, EXIT_REFUSED, EXIT_INPUT), key=_GRAVITY.index) == EXIT_REFUSED


def test_what_is_consented_to_is_never_cut() -> None:
    text = "This long caution goes on. " * 40
    assert _verdicts([member(Said(Remark.ASKS, text))], {})[1] == f"    {text}".rstrip()


def test_a_wait_for_a_limit_stands_beside_the_verdict() -> None:
    each = member(Said(Remark.SENDS))
    assert _verdicts([each], {"toy/o1": 1.25})[1] == "    Leaves after about 1.2 s, for the venue's limit."
    assert _shape(each, {}, None)["ending"] is None
