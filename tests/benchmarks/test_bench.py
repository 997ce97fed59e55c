"""The table of benchmarks: what a row tells, a peer that is not there, and how a script of a peer is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks import bench, bench_sizes, peers
from tests.benchmarks.bench_rows import Row, table
from tests.benchmarks.bench_send import only
from tests.benchmarks.peers import Missing, pins


def test_a_ratio_over_one_says_that_we_are_worse() -> None:
    assert Row("ms", 30.0, "a", 10.0).cells()[-1] == "3.00"
    assert Row("a second", 30.0, "a", 10.0, more_is_better=True).cells()[-1] == "0.33"


def test_a_peer_that_is_not_there_says_why() -> None:
    cells = Row("ms", 1234.5, "a", Missing("no such package"), limit=16.0).cells()
    assert cells == ("ms", "a", "not installed here: no such package", "16.0", "1,234", "–")


def test_the_table_has_a_line_a_row_and_columns_of_one_width() -> None:
    lines = table([Row("ms", 1.0), Row("processor ms", 200.0, "a", 3.0)]).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1


def test_a_peer_without_its_environment_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "HOME", tmp_path)
    assert peers.run("ccxt", "ccxt_edit.py") == Missing("sh tests/run.sh bench installs it")
    (tmp_path / "ccxt.why").write_text("WARNING: slow\nERROR: No matching distribution found\n")
    assert peers.run("ccxt", "ccxt_edit.py") == Missing("ERROR: No matching distribution found")


@pytest.mark.sockets
def test_a_script_is_known_by_its_last_line_or_by_its_error() -> None:
    assert peers.said([sys.executable, "-c", "print('noise'); print('{\"fill\": 1}')"]) == {"fill": 1}
    assert peers.said([sys.executable, "-c", "raise SystemExit('it broke')"]) == Missing("it broke")
    assert isinstance(peers.said(["/nothing/here"]), Missing)


def test_pins_are_read_without_comments() -> None:
    assert pins("# why\nccxt==4.5.90\n\nvnpy==4.5.0\n") == {"ccxt": "4.5.90", "vnpy": "4.5.0"}


def test_a_configuration_keeps_the_accounts_of_one_venue(tmp_path: Path) -> None:
    config = tmp_path / "all.toml"
    config.write_text('x = 1\n[[account]]\nvenue = "a"\n[[account]]\nvenue = "b"\n')
    assert only("b", config, reads=True).read_text() == 'x = 1\n[[account]]\nvenue = "b"\n'
    wanted = 'x = 1\n[[account]]\nvenue = "b"\nswitches = { reread_after_s = "3600" }\n'
    assert only("b", config, reads=False).read_text() == wanted


def test_a_part_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["nothing"])
    assert "there is no part nothing; use start, list, sizes, send, decode, growth" in capsys.readouterr().err


def test_a_size_without_a_promise_has_no_limit_and_each_figure_has_its_unit() -> None:
    told: dict[str, dict[str, float]] = {}
    for each in bench_sizes.MEASURES:
        told.setdefault(each.what, {})[each.name] = 0.5
    by_text = {row.measure: row for row in bench_sizes.of(10_000, told)}
    load = by_text["10,000 orders: load while nothing comes, % of a core"]
    assert (load.ours, load.limit, load.theirs) == (50.0, 3, None)
    fill = by_text["10,000 orders: listed and painted, processor ms"]
    assert (fill.ours, fill.limit) == (0.5, 300)
    assert [row.limit for row in bench_sizes.of(1_000, told) if "find" in row.measure] == [None]
