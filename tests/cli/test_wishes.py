"""Files of wishes: tables and JSON lines, and what cannot be read in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.wishes import FileWish, read_file, read_wishes
from app.domain.form import InputError


def test_a_table_and_json_lines_say_the_same() -> None:
    table = "Order, Price ,quantity,route\n\n1,100.50,,\n2,+3t,2,replace\n"
    lines = '{"order": 1, "price": 100.50}\n\n{"order": "2", "price": "+3t", "quantity": 2, "route": "replace"}\n'
    expected = [("1", ("price=100.50",), ""), ("2", ("price=+3t", "quantity=2"), "replace")]
    for text in (table, lines):
        assert [(each.order, each.changes, each.route) for each in read_wishes(text, "f")] == expected


def test_numbers_keep_their_digits() -> None:
    found = read_wishes('{"order": "1", "price": 0.10000000000000000000000001}', "f")
    assert found == [FileWish("1", ("price=0.10000000000000000000000001",), "", 1)]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "names no order"),
        ("order,price\n", "names no order"),
        ("id,price\n1,2\n", "no column “order”"),
        ("order,price,price\n1,2,3\n", "a name of its own"),
        ("order,price\n1,2,3\n", "line 2: more cells"),
        ("order,price\n,2\n", "line 2 names no order"),
        ("order,price\n1,\n", "line 2 asks for nothing of order “1”"),
        ("order,price\n1,2\n1,3\n", "in lines 2 and 3"),
        ('order,price\n"1,2\n', "not a table"),
        ('{"order": "1", "price": "2"}\nprice\n', "line 2 is no JSON object"),
        ('{"order": "1", "price": "2", "Price": "3"}', "line 1 names a field twice"),
        ('{"order": "1", "price": ["2"]}', "texts and numbers"),
        ('{"order": "1", "price": true}', "texts and numbers"),
        ('[{"order": "1", "price": "2"}]', "without the list around them"),
        ("order;price\n1;2\n", "save it as CSV with commas"),
        ("order\tprice\n1\t2\n", "save it as CSV with commas"),
        ("order,cancel\n1,yes\n", "line 2: “cancel” is no field"),
        ("order,total\n1,5\n", "without a file"),
        ("{" * 100_000, "is no JSON object"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_wishes(text, "f")


def test_files_that_are_none_end_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file or directory\)"):
        read_file(tmp_path / "gone.csv")
    with pytest.raises(InputError, match="is no file"):
        read_file(tmp_path)
    odd = tmp_path / "odd.csv"
    odd.write_bytes("order,price\n1,2\n".encode("utf-16"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_file(odd)
    odd.write_bytes(b"\xef\xbb\xbforder,price\r\n1,2\r\n")
    assert [each.order for each in read_file(odd)] == ["1"]


def test_every_wrong_line_is_told_and_no_more_than_a_person_reads() -> None:
    with pytest.raises(InputError) as error:
        read_wishes("order,price\n1,2\n,3\n4,\n5,6,7\n", "f")
    assert str(error.value).count("f, line") == 3
    assert all(f"line {number}" in str(error.value) for number in (3, 4, 5))
    with pytest.raises(InputError, match=r"line 11 names no order; .+ 5 more are wrong\.$"):
        read_wishes("order,price\n" + ",1\n" * 15, "f")
