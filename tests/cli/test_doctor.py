"""`redline doctor`: versions, and one sentence for each thing that stands against the window."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest

from app.cli import doctor
from app.cli.parser import parser


def test_it_names_the_versions_and_what_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "problems", lambda: ["There is no display here."])
    assert doctor.run(parser().parse_args(["doctor", "--json"])) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["versions"]["qasync"] == version("qasync")
    assert document["problems"] == ["There is no display here."]
    monkeypatch.setattr(doctor, "problems", list)
    assert doctor.run(parser().parse_args(["doctor"])) == 0
    assert capsys.readouterr().out.endswith("Nothing stands against opening the window.\n")
