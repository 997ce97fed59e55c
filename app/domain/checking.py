"""Checks of a draft that are the same in every rulebook, and the words that go with them.

A venue collects what stands against a draft in `Findings`, makes the checks below, and adds those only it knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.form import Field, FieldName, Form
from app.domain.market import LinkState, Quote
from app.domain.money import nearest_multiples, tidy
from app.domain.order import Side
from app.domain.plan import Caution, Draft, Problem, Surroundings, Verdict
from app.domain.rules import Rule


@dataclass(slots=True)
class Findings:
    """Problems and cautions of a draft; `checked` counts the rules looked at, found wanting or not."""

    problems: list[Problem] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    checked: int = 0

    def problem(
        self, text: str, name: FieldName | None = None, rule: Rule | None = None, nearest: tuple[Decimal, ...] = ()
    ) -> None:
        """Note something that stops the draft."""
        self.problems.append(Problem(text, name, rule, nearest))

    def caution(
        self, text: str, name: FieldName | None = None, rule: Rule | None = None, confirm: bool = False
    ) -> None:
        """Note something a person must know, and consent to where `confirm` is set."""
        self.cautions.append(Caution(text, name, rule, confirm))

    def off_grid(
        self,
        label: str,
        name: FieldName,
        value: Decimal,
        step: Decimal,
        rule: Rule,
        least: Decimal | None = None,
        most: Decimal | None = None,
    ) -> None:
        """Note that a number is no multiple of its step, and offer the legal ones around it.

        Args:
            label: what a person calls the number.
            name: the field it stands in.
            value, step: both in the field's unit.
            rule: where the step comes from.
            least, most: inclusive bounds of what is offered, None where there is none.
        """
        nearest = nearest_multiples(value, step, least, most)
        text = f"{label}: {tidy(value)} is not a multiple of {tidy(step)}; {offer(nearest)}."
        self.problem(text, name, rule, nearest)

    def verdict(self) -> Verdict:
        """Everything noted, in the sequence in which it was noted."""
        return Verdict(tuple(self.problems), tuple(self.cautions), self.checked)


def check_state(findings: Findings, form: Form, around: Surroundings, title: str) -> None:
    """An order must not be locked, and the link must be up, or the order may be another one by now.

    Args:
        findings: where to note it.
        form: of the order as it is now.
        around: its surroundings.
        title: what a person calls the venue.
    """
    findings.checked += 2
    if form.locked:
        findings.problem(form.locked, None, form.rule)
    if around.link is not LinkState.UP:
        findings.problem(
            f"The connection to {title} is {around.link.value}, so the order may have changed; wait until it is up."
        )


def check_values(
    findings: Findings,
    draft: Draft,
    form: Form,
    title: str,
    route: str,
    no_field: Rule | None = None,
    others: tuple[str, ...] = (),
) -> None:
    """Check that the route is one there is, and that every value stands in a field that may change and takes it.

    Args:
        findings: where to note it.
        draft: as typed.
        form: of the order as it is now.
        title: what a person calls the venue, such that "A … order" can be said.
        route: name of the route taken unless another is chosen.
        no_field: the rule that names the fields there are, if one does.
        others: names of the other routes there are.
    """
    findings.checked += 1
    if draft.route not in (None, route, *others):
        ways = " or ".join(f"“{each}”" for each in (route, *others))
        findings.problem(f"{title} has no way “{draft.route}” to amend this order; use {ways}.")
    article = "An" if title[0] in "AEIO" else "A"
    for name, value in draft.values:
        line = form.field(name)
        if line is None:
            findings.problem(f"{article} {title} order has no field “{name.value}”; leave it out.", name, no_field)
        elif line.editable:
            _check_kind(findings, line, value)
        elif not form.locked:
            findings.problem(f"{line.label} cannot change here: {line.reason}", name, line.rule)


def _check_kind(findings: Findings, line: Field, value: Decimal | str) -> None:
    """A field of choices takes one of them, every other field a number."""
    if line.is_choice:
        if value not in {choice.value for choice in line.choices}:
            options = " or ".join(choice.value for choice in line.choices)
            findings.problem(f"{line.label}: use {options}.", line.name)
    elif not isinstance(value, Decimal):
        findings.problem(f"{line.label}: write a number.", line.name)


def offer(nearest: tuple[Decimal, ...]) -> str:
    """Legal values as the end of a sentence: "use 1 or 2"."""
    if not nearest:
        return "no value is possible within the limits"
    return "use " + " or ".join(tidy(value) for value in nearest)


def meeting(price: Decimal, side: Side, quote: Quote | None) -> str:
    """Return how a price meets the touch, "101 meets the best offer 100.5"; "" if it does not, or nobody knows.

    An order that meets the touch would trade at once.

    Args:
        price: in quote currency.
        side: of the order.
        quote: the touch, None while it is not known.
    """
    opposite = None if quote is None else quote.opposite(side)
    if opposite is None:
        return ""
    buys = side is Side.BUY
    if price < opposite if buys else price > opposite:
        return ""
    return f"{tidy(price)} meets the best {'offer' if buys else 'bid'} {tidy(opposite)}"
