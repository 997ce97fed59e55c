"""What is written is read back the same by the standard library's own parser."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice.exchange.errors import PracticeError
from app.practice.server.config import to_toml, write_atomically


def test_a_whole_configuration() -> None:
    config = {
        "practice": {"control": "http://127.0.0.1:1", "seed": 7},
        "account": [
            {"name": 'A "b" \\ c', "switches": {"quiet": True, "skew": Decimal("1E-3")}, "addresses": {"rest": "u"}},
            {"name": "second", "tags": ["x", "y"], "odd key": 1},
        ],
    }
    read = tomllib.loads(to_toml(config))
    assert read["account"][0]["switches"] == {"quiet": True, "skew": "0.001"}
    assert read["account"][0]["name"] == 'A "b" \\ c'
    assert read["account"][1] == {"name": "second", "tags": ["x", "y"], "odd key": 1}
    assert read["practice"] == {"control": "http://127.0.0.1:1", "seed": 7}


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
tables = st.recursive(
    st.dictionaries(texts, texts | st.booleans() | st.integers(-(2**63), 2**63 - 1), max_size=3),
    lambda inner: st.dictionaries(texts, inner | st.lists(inner, min_size=1, max_size=2), max_size=3),
    max_leaves=8,
)


@given(tables)
def test_anything_comes_back_the_same(table: dict[str, object]) -> None:
    assert tomllib.loads(to_toml(table)) == table


def test_a_float_has_no_place_in_it() -> None:
    with pytest.raises(PracticeError, match="float"):
        to_toml({"a": 1.5})


def test_the_file_appears_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    write_atomically(path, "a = 1\n")
    write_atomically(path, "a = 2\n")
    assert path.read_text() == "a = 2\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [child.name for child in tmp_path.iterdir()] == ["practice.toml"]
