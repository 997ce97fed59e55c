"""The command line itself: what is refused before anything is read or asked."""

from __future__ import annotations

import pytest

from app.cli.parser import parser


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "soon"])
@pytest.mark.parametrize("option", ["--timeout", "--wait"])
def test_a_time_to_wait_is_a_number_of_seconds(option: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["amend", "1", "price=2", f"{option}={text}"])
    assert ended.value.code == 2
    assert "write seconds" in capsys.readouterr().err
