"""Words of a panel on what became of an amendment, and on a draft whose order has ended. Pure but for what it reads."""

from __future__ import annotations

from dataclasses import dataclass

from app.desk.desk import Desk
from app.desk.fold.amendments import wish_text
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import Form, why_ended
from app.ui.amend.draft_keeper import DraftKeeper
from app.ui.amend.field_line import value_words

#: In front of an outcome that is not of what is typed now.
_EARLIER = "Earlier:"

_CAME_TO_NOTHING = (
    *(AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED),
    *(AmendmentStage.DIFFERENT, AmendmentStage.OVERTAKEN),
)


@dataclass(frozen=True, slots=True)
class OutcomeShown:
    """An amendment to speak of, a word before its outcome and a sentence after it, "" for none."""

    amendment: Amendment | None
    before: str = ""
    after: str = ""


def outcome_shown(desk: Desk, key: str, keeper: DraftKeeper, returned: str | None) -> OutcomeShown:
    """Return what to say of a row's amendments beside what is typed.

    Args:
        desk: the desk.
        key: the row.
        keeper: of what is typed.
        returned: the amendment that gave its draft back last, None if none did. While that draft is untouched, it is
            this one that is spoken of, whatever others are under way: nobody is to send it again unawares.
    """
    state, lineage = desk.state, desk.lineage(key)
    given_back = state.amendments.get(returned) if returned is not None and keeper.returned else None
    amendment = given_back or state.spoken_amendment(lineage)
    if amendment is None:
        return OutcomeShown(None)
    if amendment is given_back:
        return OutcomeShown(amendment, after="What it asked for is typed here again.")
    if not amendment.is_open:
        return OutcomeShown(amendment, before=_EARLIER if keeper.dirty else "")
    opened = state.open_amendments(lineage)
    ahead = wish_text(*opened[: opened.index(amendment)])
    return OutcomeShown(amendment, after=f"It is carried out after {ahead}." if ahead else "")


def came_to_nothing(desk: Desk, form: Form, key: str) -> Amendment | None:
    """Return a row's last amendment, if nothing came of it as asked and the order can be changed no more."""
    last = desk.state.spoken_amendment(desk.lineage(key))
    return last if last is not None and form.locked and last.stage in _CAME_TO_NOTHING else None


def dropped_words(form: Form, keeper: DraftKeeper) -> str:
    """Return the sentence on a draft that goes because its order has ended, with what it was."""
    typed = dict(keeper.draft.values)
    shown = (f"{field.label} {value_words(typed[field.name])}" for field in form.fields if field.name in typed)
    what = ", ".join(shown)
    return f"{why_ended(form.order.status)} What was typed is dropped{f': {what}' if what else ''}."
