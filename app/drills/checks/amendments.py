"""Checks of the second axis: where an amendment stands, how it came there, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.amendment import Amendment
from app.domain.money import plain
from app.drills.checks.registry import check
from app.drills.scene import Scene, same


@check()
def stage(scene: Scene, be: Sequence[str]) -> str:
    """The last amendment stands at one of these stages."""
    now = scene.amendment
    return "" if now.stage.value in be else f"it stands at {now.stage.value}: {now.outcome}"


@check()
def stages(scene: Scene, be: Sequence[Sequence[str]]) -> str:
    """Every amendment sent, oldest first, stands at one of its stages."""
    found = [scene.state.amendments[each].stage.value for each in scene.sent]
    if len(found) == len(be) and all(stage in wanted for stage, wanted in zip(found, be, strict=True)):
        return ""
    return f"they stand at {', '.join(found)}"


@check()
def all_passed(scene: Scene, stages: Sequence[str]) -> str:
    """The ladder of every amendment sent has these stages, in this sequence."""
    for each in scene.sent:
        ladder = _ladder(scene.state.amendments[each])
        rest = iter(ladder)
        if not all(wanted in rest for wanted in stages):
            return f"the ladder of {each} is {ladder}"
    return ""


@check()
def passed(scene: Scene, stages: Sequence[str]) -> str:
    """The ladder has these stages, in this sequence."""
    rest = iter(_ladder(scene.amendment))
    return "" if all(each in rest for each in stages) else f"its ladder is {_ladder(scene.amendment)}"


@check()
def never(scene: Scene, stages: Sequence[str]) -> str:
    """The ladder has none of these stages."""
    found = [each for each in _ladder(scene.amendment) if each in stages]
    return f"it passed {', '.join(found)}" if found else ""


@check()
def settled_by(scene: Scene, source: Sequence[str]) -> str:
    """The last rung comes from one of these sources."""
    last = scene.amendment.latest
    return "" if last.source.value in source else f"{last.stage.value} comes from {last.source.value}"


@check()
def counted(scene: Scene, stage: str, times: int) -> str:
    """A rung was reported so many times and stands on the ladder once."""
    found = [each.count for each in scene.amendment.rungs if each.stage.value == stage]
    return "" if found == [times] else f"{stage} was counted {found}"


@check()
def outcome(scene: Scene, says: str) -> str:
    """Text about the amendment has these words."""
    return _says(scene.amendment.outcome, says)


@check()
def missing(scene: Scene, says: str) -> str:
    """The evidence said to be missing has these words; nothing for ""."""
    found = scene.amendment.missing
    if not says:
        return f"“{found}” is said to be missing" if found else ""
    return _says(found, says)


@check()
def note(scene: Scene, stage: str, says: str) -> str:
    """The note on a rung has these words."""
    found = " / ".join(each.note for each in scene.amendment.rungs if each.stage.value == stage)
    return _says(found, says)


@check()
def code(scene: Scene, be: str) -> str:
    """The venue's code of the refusal."""
    return "" if scene.amendment.code == be else f"its code is “{scene.amendment.code}”"


@check()
def differs(scene: Scene, field: str, asked: str, actual: str) -> str:
    """The amendment shows this term as other than asked for."""
    shown = [
        tuple("" if value is None else plain(value) for value in (each.asked, each.found))
        for each in scene.amendment.differences
        if each.field.value == field
    ]
    if any(same(one, asked) and same(other, actual) for one, other in shown):
        return ""
    return f"the differences of {field} shown are {shown}"


@check()
def new_id(scene: Scene, given: bool) -> str:
    """The amendment names a new order id, and the row follows it."""
    now, row = scene.amendment, scene.row
    if not given:
        return f"it names the new id {now.new_order_id}" if now.new_order_id else ""
    if not now.new_order_id or now.new_order_id == scene.order_id:
        return "it names no new id"
    return "" if row.order.order_id == now.new_order_id else f"the row shows {row.order.order_id}"


def _ladder(amendment: Amendment) -> list[str]:
    return [each.stage.value for each in amendment.rungs if not each.late]


def _says(text: str, wanted: str) -> str:
    return "" if wanted.lower() in text.lower() else f"it says “{text}”"
