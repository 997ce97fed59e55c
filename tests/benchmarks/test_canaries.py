"""The listener for canaries hears one in any coat, in what is printed and in what is written, and else none."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.canaries import coats, files_below, heard_in

pytestmark = pytest.mark.sockets

SECRET = "kanari-0001-abcdef"


@pytest.mark.parametrize("sung", [SECRET, SECRET.encode().hex(), base64.b64encode(f"x:{SECRET}".encode()).decode()])
def test_a_canary_is_heard_in_any_coat(sung: str) -> None:
    forms = coats([SECRET, "pw", "12345678901"])
    assert heard_in(f"… {sung} …".encode(), forms) == "kana…"
    assert heard_in(b"pw 12345678901 kanari-0002", forms) == ""


def test_configurations_may_hold_what_is_secret(tmp_path: Path) -> None:
    for name in ("practice.toml", "journal.db", "log"):
        (tmp_path / name).write_text(SECRET)
    assert [path.name for path in files_below(tmp_path)] == ["journal.db", "log"]


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_test_that_lets_a_canary_out_fails_the_session(
    pytester: pytest.Pytester, repo_root: Path, monkeypatch: pytest.MonkeyPatch, processes: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repo_root))
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(
        """
        from app.domain.account import Secret

        def test_quiet():
            print(Secret("kanari-quiet-0001"))

        def test_loud():
            print(Secret("kanari-loud-0002").reveal())

        def test_writing(tmp_path):
            (tmp_path / "log").write_text(Secret("kanari-written-0003").reveal())
        """
    )
    result = pytester.runpytest_subprocess("-p", "tests.helpers.canaries", "-p", "no:cacheprovider", "-n", processes)
    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["canaries: 3 secrets, 2 heard"])


def test_a_careless_test_may_log_a_canary_and_not_print_it(
    pytester: pytest.Pytester, repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repo_root))
    pytester.makeini("[pytest]\nmarkers = careless\n")
    pytester.makepyfile(
        """
        import logging
        import pytest
        from app.domain.account import Secret

        def test_logs():
            logging.getLogger("x").error(Secret("kanari-logged-0001").reveal())

        @pytest.mark.careless
        def test_logs_on_purpose():
            logging.getLogger("x").error(Secret("kanari-purpose-0002").reveal())

        @pytest.mark.careless
        def test_prints():
            print(Secret("kanari-printed-0003").reveal())
        """
    )
    result = pytester.runpytest_subprocess("-p", "tests.helpers.canaries", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["canaries: 3 secrets, 2 heard", "*test_logs printed", "*test_prints printed"])


@pytest.mark.slow
def test_no_canary_is_heard_beside_a_venue_that_repeats_everything(repo_root: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(repo_root)}
    command = [sys.executable, "-m", "tests.benchmarks.canaries", "--short"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=repo_root, env=environment, check=False, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("canaries: 1 processes, 0 heard\n")
