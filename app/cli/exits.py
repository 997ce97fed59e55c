"""Exit codes of what became of a change: 3 is the venue's no and nothing else; what never left has another."""

from __future__ import annotations

from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.desk.desk import Desk, Prepared
from app.desk.state import Lineage
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.form import passes_by_itself
from app.domain.market import LinkState

_OF_STAGE = {
    AmendmentStage.CONFIRMED: EXIT_OK,
    AmendmentStage.REFUSED: EXIT_REFUSED,
    AmendmentStage.NOT_APPLIED: EXIT_REFUSED,
    AmendmentStage.DIFFERENT: EXIT_REFUSED,
    AmendmentStage.OVERTAKEN: EXIT_REFUSED,
}


def code_of(amendment: Amendment) -> int:
    """Exit code of an amendment that was sent, or was to be."""
    if amendment.stage is AmendmentStage.NOT_APPLIED and _never_left(amendment):
        return EXIT_UNKNOWN
    return _OF_STAGE.get(amendment.stage, EXIT_UNKNOWN)


def _never_left(amendment: Amendment) -> bool:
    """Return True if the ticket itself says that an amendment did not leave, so that no venue had a part in it."""
    ends = [rung for rung in amendment.rungs if rung.stage is AmendmentStage.NOT_APPLIED and not rung.late]
    return bool(ends) and ends[-1].source is Source.APP


def why_not(desk: Desk, lineage: Lineage, prepared: Prepared) -> int:
    """Exit code of a draft that cannot be sent: bad input, unless it would have to wait whatever it asks for."""
    around = desk.surroundings(lineage)
    problems = prepared.plan.verdict.problems
    waits = around.link is not LinkState.UP or around.amending or around.cancelling or lineage.doubt is not None
    waits = waits or (bool(problems) and all(passes_by_itself(each.text) for each in problems))
    unknown = around.instrument is None and not any(each.field or each.rule for each in problems)
    return EXIT_UNKNOWN if waits or unknown else EXIT_INPUT
