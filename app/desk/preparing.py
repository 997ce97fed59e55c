"""From a draft to what can be looked at and sent: its plan, and the exact command and request where there are any."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from operator import is_

from app.desk.guard import is_first_time, plan_of, refused
from app.desk.ids import Ids
from app.desk.state import DeskState, Lineage
from app.desk.supervision import FAULTS, fault_text
from app.domain.amendment import Command
from app.domain.evidence import MILLISECOND
from app.domain.limits import Limits
from app.domain.masking import Masker
from app.domain.plan import Draft, Plan, Surroundings, WirePreview
from app.domain.ports import Connector, Rulebook

log = logging.getLogger("redline.desk")

#: Nanoseconds for which a check is one of the present, as long as nothing happens: the panel checks what it sends just
#: before the desk does.
_THE_PRESENT = 10 * MILLISECOND


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft ready to be looked at and sent: the plan, and the exact command and request where it can be sent."""

    lineage: str
    plan: Plan
    command: Command | None
    preview: WirePreview | None


class Preparing:
    """Prepares the drafts of one desk. The ids in a command are kept for its row until it is sent."""

    def __init__(
        self, rules: Mapping[str, Rulebook], limits: Mapping[str, Limits], connectors: Mapping[str, Connector]
    ) -> None:
        """Reserve nothing yet; all three by account name, as they are at each draft."""
        self._rules, self._limits, self._connectors = rules, limits, connectors
        self._reserved: dict[str, tuple[str, int]] = {}
        #: What the latest check rests on, the draft with what is ahead of it, when it was made, and what came of it.
        self._latest: tuple[tuple[object, ...], tuple[Draft, int], int, Prepared] | None = None

    def moved(self) -> None:
        """Note that something happened: the latest check is one of the past."""
        self._latest = None

    def sent(self, key: str) -> None:
        """Note that a row's command is sent: the next one gets ids of its own."""
        self._latest = None
        del self._reserved[key]

    def prepare(
        self,
        state: DeskState,
        lineage: Lineage,
        draft: Draft,
        around: Surroundings,
        ids: Ids,
        masker: Masker,
        ahead: int = 0,
    ) -> Prepared:
        """Return a draft's plan and exact request; the very same while nothing has happened since, be it time.

        Args:
            state: the desk's. lineage: the row.
            draft: as typed.
            around: what the rules may look at, now.
            ids: where those of a new command come from.
            masker: of what is told of faults.
            ahead: other amendments of the account that are to leave before it, for its limits.
        """
        account = lineage.account
        limits, connector = self._limits[account], self._connectors.get(account)
        given = (state, lineage, lineage.order, lineage.doubt, limits, connector)
        if self._latest is not None:
            before, asked, at, latest = self._latest
            if asked == (draft, ahead) and 0 <= around.now - at <= _THE_PRESENT and all(map(is_, before, given)):
                return latest
        plan = plan_of(self._rules[account], lineage, draft, around, limits, state, ahead)
        prepared = self._with_request(lineage, draft, plan, around, ids, masker)
        self._latest = (given, (draft, ahead), around.now, prepared)
        return prepared

    def _with_request(
        self, lineage: Lineage, draft: Draft, plan: Plan, around: Surroundings, ids: Ids, masker: Masker
    ) -> Prepared:
        key = lineage.key
        if plan.target is None or plan.route is None or not plan.verdict.ok:
            return Prepared(key, plan, None, None)
        amendment_id, request_id = self._reserved.setdefault(key, ids.next(around.now))
        command = Command(
            amendment_id,
            request_id,
            draft.base,
            plan.route.name,
            plan.fields,
            plan.target,
            plan.route.id_after,
            around.waiting,
        )
        try:
            preview = self._connectors[lineage.account].preview(command)
        except FAULTS as error:
            text = f"The request for the change cannot be made ({masker.text(fault_text(error))})."
            if is_first_time(key, text):
                log.exception("the preview for %s failed", key)
            return Prepared(key, refused(draft, text), None, None)
        return Prepared(key, plan, command, preview)
