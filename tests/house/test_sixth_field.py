"""The checklist of a field is true: a toy field needs the files it names, and no other, to be whole.

The field is a trailing offset of the toy venue's orders: a distance in the quote currency, kept from the market by the
venue. It is put in at anchors in the text of a copy; an anchor that is gone fails loudly.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Practice
from tests.helpers.toy_tree import NAME, add_venue, changed, contents, copy_program, python, replace

pytestmark = pytest.mark.slow

VENUE = f"app/venues/{NAME}"

#: By file: an anchor in the text of the toy tree, and what stands in its place once the field is there.
FIELD: dict[str, list[tuple[str, str]]] = {
    "app/domain/form.py": [
        ('    STOP_LOSS = "stop_loss"\n', '    STOP_LOSS = "stop_loss"\n    TRAILING_OFFSET = "trailing_offset"\n')
    ],
    "app/domain/order.py": [
        (
            "    stop_loss: Decimal | None = None\n",
            "    stop_loss: Decimal | None = None\n    trailing_offset: Decimal | None = None\n",
        )
    ],
    "app/domain/plan.py": [
        (
            "    stop_loss: Decimal | None = None\n",
            "    stop_loss: Decimal | None = None\n    trailing_offset: Decimal | None = None\n",
        )
    ],
    "app/domain/terms.py": [
        (
            "is_price=True),\n)\n",
            "is_price=True),\n"
            '    Term("trailing_offset", FieldName.TRAILING_OFFSET, "trailing offset", is_price=True),\n)\n',
        )
    ],
    f"{VENUE}/wire/vocabulary.py": [('SIZE = "size"\n', 'SIZE = "size"\nTRAIL = "trail"\n')],
    f"{VENUE}/wire/rows.py": [
        (
            '        price=number_or_none(row.get("price")),\n',
            '        price=number_or_none(row.get("price")),\n'
            "        trailing_offset=number_or_none(row.get(words.TRAIL)),\n",
        )
    ],
    f"{VENUE}/rules/citations.py": [
        (
            "\nLOT = ",
            '\nTRAIL = _rule("trail.tick", "A trailing offset is a multiple of the tick.", _MARKETS)'
            '\nNO_TRAIL = _rule("trail.none", "Only an order that trails has an offset.", _MARKETS)\nLOT = ',
        )
    ],
    f"{VENUE}/rules/form.py": [
        (
            '            meaning="total, fills included",\n        ),\n',
            '            meaning="total, fills included",\n        ),\n        _trail(order, market, lock),\n',
        ),
        (
            "\n\ndef _lock_of(",
            "\n\ndef _trail(order: Order, market: Instrument | None, lock: Lock | None) -> Field:\n"
            '    """Make the field of the trailing offset, which only an order that trails has."""\n'
            "    now = order.trailing_offset\n"
            '    none = None if now else ("This order does not trail.", citations.NO_TRAIL)\n'
            '    name, label = FieldName.TRAILING_OFFSET, "Trailing offset"\n'
            "    return price_field(name, label, words.TRAIL, now, market, lock or none, citations.TRAIL)\n"
            "\n\ndef _lock_of(",
        ),
        ("import FieldName, Form,", "import Field, FieldName, Form,"),
        ("from app.domain.order import", "from app.domain.market import Instrument\nfrom app.domain.order import"),
    ],
    f"{VENUE}/rules/consequence.py": [
        (
            "            *(balance_lines(forecast)",
            '            term_line("Trailing offset", order.trailing_offset, "either", _trail(order, asked), quote),\n'
            "            *(balance_lines(forecast)",
        ),
        (
            "\n\ndef _lock(",
            "\n\ndef _trail(order: Order, asked: Terms) -> Decimal | None:\n"
            "    return order.trailing_offset if asked.trailing_offset is None else asked.trailing_offset\n"
            "\n\ndef _lock(",
        ),
    ],
    f"app/practice/venues/{NAME}/server.py": [
        (
            '            "size": order.quantity,\n',
            '            "size": order.quantity,\n            "trail": order.attributes.get("trail"),\n',
        ),
        (
            "        return SimChange(",
            '        trail = {"trail": planned.alter.get("trail", Decimal(body["trail"]))} if "trail" in body else {}\n'
            "        return SimChange(",
        ),
        ('planned.alter.get("quantity", size))', 'planned.alter.get("quantity", size), attributes=trail)'),
    ],
    f"app/practice/venues/{NAME}/day.py": [
        ('client_id="first", still=True)', 'client_id="first", still=True, attributes={"trail": Decimal(5)})')
    ],
    f"app/drills/venues/{NAME}/table.py": [
        (
            '    52: (answers.other_terms(BUY, REPRICE, "price", "902", {"price": "902", "quantity": "4"}),),\n',
            "    52: (\n"
            "        Drill(\n"
            "            BUY,\n"
            '            (fault("alter", "amend", trail="5"), Send({"price": "905", "trailing_offset": "7"})),\n'
            '            (stage("different"), expect("differs", field="trailing_offset", asked="7", actual="5")),\n'
            "        ),\n"
            "    ),\n",
        )
    ],
    f"app/simulation/venues/{NAME}.py": [
        ('quantity="size")', 'quantity="size", trailing_offset="trail")'),
        ('blank("ABC-USD", "limit")', 'blank("ABC-USD", "limit", trailing_offset=D(5))'),
    ],
}

#: Judgements of one command by what is seen, the sheet of what changed while away, a history line.
PURE = f"""
import json
from dataclasses import replace
from decimal import Decimal as D
from app.desk.fold.orders import describe
from app.desk.views.away import RowView, diff
from app.domain.amendment import Command
from app.domain.evidence import terms_of
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Terms
from app.domain.terms import changed_terms
from app.venues.{NAME} import VENUE

order = Order("a", "1", "ABC-USD", Side.BUY, OrderKind.LIMIT, D(4), D(0), OrderStatus.WORKING, D(900),
              trailing_offset=D(5))
command = Command("A1", 1, order, "amend", (), Terms(price=D(905), trailing_offset=D(7)))
seen = {{"ignored": replace(order, price=D(905)), "old": order,
        "new": replace(order, price=D(905), trailing_offset=D(7))}}
found = {{name: VENUE.rulebook.judge(command, each).finding.value for name, each in seen.items()}}
trails = replace(order, trailing_offset=D(7))
found["history"] = describe(trails, changed_terms(order, trails))
steps = diff({{"k": RowView(order)}}, {{"k": RowView(trails)}})[0].steps
found["away"] = [[each.label, str(each.old), str(each.new)] for each in steps]
print(json.dumps(found))
"""

PLAYED = f"""
import asyncio
from app.cli.drill import choose, play_all
from app.simulation.runner import Stages
from app.venues import registry
(drill,) = asyncio.run(play_all(choose((52,), ("{NAME}",)).drills, registry.load))
assert drill.held, drill
stages = Stages(registry.load, ["{NAME}"])
assert [stages.play(7, number, 100).broken for number in range(3)] == [None] * 3
"""


@pytest.fixture(scope="module")
def old_tree(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with the toy venue and without the field."""
    tree = tmp_path_factory.mktemp("fifth")
    copy_program(repo_root, tree)
    add_venue(repo_root, tree)
    return tree


@pytest.fixture(scope="module")
def tree(repo_root: Path, tmp_path_factory: pytest.TempPathFactory, old_tree: Path) -> Path:
    """The same with the field."""
    tree = tmp_path_factory.mktemp("sixth")
    copy_program(repo_root, tree)
    add_venue(repo_root, tree)
    for name, pairs in FIELD.items():
        for anchor, text in pairs:
            replace(tree / name, anchor, text)
    assert changed(contents(old_tree), contents(tree)) == sorted(FIELD)
    return tree


def test_the_checklist_names_each_file(repo_root: Path) -> None:
    text = (repo_root / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    checklist = text[text.index("## Checklist: a field") :]
    named = {path.replace("<venue>", NAME) for path in re.findall(r"`(app/[^`]+)`", checklist)}
    # Wanted only where a venue names its terms there.
    optional = {f"{VENUE}/{name}.py" for name in ("wire/codec", "rules/checks", "rules/rulebook", "link/amend")}
    optional.add("app/simulation/drafts.py")
    assert {path for path in FIELD if not path.startswith(tuple(named))} == set()
    assert {path for path in named - optional if not any(each.startswith(path) for each in FIELD)} == set()


def test_evidence_history_and_the_away_sheet_know_it(tree: Path) -> None:
    found = json.loads(python(tree, "-c", PURE))
    assert (found["ignored"], found["old"], found["new"]) == ("different", "unchanged", "applied")
    assert "trailing offset 7" in found["history"]
    assert found["away"] == [["trailing offset", "5", "7"]]


def test_a_drill_and_the_simulation_play_with_it(tree: Path) -> None:
    python(tree, "-c", PLAYED)


def test_it_goes_over_the_wire_and_an_old_journal_is_still_read(old_tree: Path, tree: Path, tmp_path: Path) -> None:
    journal, folders = str(tmp_path / "journal"), [tmp_path / "old", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
    before = Practice(folders[0], "--quiet", tree=old_tree)
    try:
        assert before.run("amend", "first", "price=905", "--journal", journal).code == 0
        assert before.run("form", "first", "--json").out.count("trailing_offset") == 0
    finally:
        assert before.stop() == 0
    practice = Practice(folders[1], "--quiet", tree=tree)
    try:
        told = practice.run("journal", "--journal", journal)
        assert (told.code, "price" in told.out) == (0, True), told.err
        fields = {each["field"]: each for each in practice.run("form", "first", "--json").json["fields"]}
        offset = fields["trailing_offset"]
        assert (offset["editable"], offset["current"], offset["label"]) == (True, "5", "Trailing offset (USD)")
        assert practice.run("form", "second", "--json").out.count("This order does not trail.") > 0
        done = practice.run("amend", "first", "trailing_offset=7", "--journal", journal, "--json")
        assert (done.code, done.json["stage"]) == (0, "confirmed"), done.err
        assert (done.json["request"]["body"], done.json["order"]["trailing_offset"]) == ('{"trail":"7"}', "7")
        practice.tell(f"{NAME}/faults", action="alter", operation="amend", arguments={"trail": "7"})
        ignored = practice.run("amend", "first", "trailing_offset=9", "price=906", "--json")
        assert (ignored.code, ignored.json["stage"]) == (3, "different")
        told = practice.run("journal", done.json["order"]["order"], "--journal", journal)
        assert (told.code, "trailing offset" in told.out) == (0, True), told.out
    finally:
        assert practice.stop() == 0
