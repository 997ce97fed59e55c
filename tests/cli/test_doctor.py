"""`redline doctor`: versions, and one sentence for each thing that stands against the window."""

from __future__ import annotations

import argparse
import json
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from app.__main__ import main
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


def test_what_stands_against_reaching_the_venues_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "problems", list)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    assert main(["doctor"]) == 2
    said = capsys.readouterr().out
    assert f"SSL_CERT_FILE is not a file of certificates that can be read ({tmp_path}/gone.pem); correct or" in said
    assert "Nothing stands" not in said


def test_a_library_without_its_description_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def packed(name: str) -> NoReturn:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", packed)
    monkeypatch.setattr(doctor, "problems", list)
    assert doctor.run(parser().parse_args(["doctor"])) == 0
    assert "qasync of unknown version\n" in capsys.readouterr().out


def test_a_library_that_is_missing_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == "qasync" else find_spec(name))
    monkeypatch.setattr(doctor, "problems", list)
    assert doctor.run(parser().parse_args(["doctor"])) == 2
    lines = capsys.readouterr().out.splitlines()
    assert "qasync is missing" in lines
    assert lines[-1].startswith("qasync is not installed: run ")


def test_own_files_that_are_missing_are_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.runtime.resources.resource_root", lambda: tmp_path)
    assert doctor.run(parser().parse_args(["doctor", "--json"])) == 2
    assert "Redline's own file fonts is missing" in json.loads(capsys.readouterr().out)["problems"][0]
    (tmp_path / "fonts").mkdir()
    monkeypatch.setattr(doctor, "problems", list)
    assert doctor.run(parser().parse_args(["doctor", "--json"])) == 2
    assert json.loads(capsys.readouterr().out)["problems"] == [
        "Redline's own fonts are missing: install Redline again."
    ]


@pytest.mark.parametrize("platform, unseen", [("minimal", True), ("offscreen", True), ("minimal:x", True), ("", False)])
def test_a_platform_that_shows_nothing_is_told(
    platform: str, unseen: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "problems", list)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert doctor.run(argparse.Namespace(json=False)) == 0
    told = capsys.readouterr().out
    assert (f"QT_QPA_PLATFORM is “{platform}”, which shows nothing: the window opens unseen" in told) is unseen
