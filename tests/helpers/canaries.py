"""Pytest plugin, asked for by name: every secret that a test configures is a canary, and none may be heard.

    pytest -p tests.helpers.canaries

What a test prints, logs or says in a failure is looked through when it ends; what was written to its folders when the
session ends. Configurations may hold secrets: that is what they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import Secret
from app.domain.masking import forms_of, is_telling

#: Files that may hold what is secret, by the end of their names.
CONFIGURATIONS = (".toml", ".py", ".pyc", ".pem")

_sung: set[str] = set()
_heard: dict[str, None] = {}


def coats(secrets: Iterable[str]) -> dict[bytes, str]:
    """Every coat of every secret that is looked for, as bytes of a file, and the secret's first letters."""
    return {
        form.encode("utf-8", "surrogatepass"): f"{secret[:4]}…"
        for secret in secrets
        if is_telling(secret) and len(secret) >= 8
        for form in forms_of(secret)
        if len(form) >= 8
    }


def heard_in(data: bytes, forms: dict[bytes, str]) -> str:
    """The first letters of a secret that stands in the bytes, "" for none."""
    return next((name for form, name in forms.items() if form in data), "")


def files_below(folder: Path) -> Iterator[Path]:
    """Every file that should hold no secret."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(CONFIGURATIONS):
            yield path


def pytest_configure(config: pytest.Config) -> None:
    """Note every secret that is made from now on."""
    make = Secret.__init__

    def noted(self: Secret, text: str) -> None:
        make(self, text)
        if is_telling(text):
            _sung.add(text)

    Secret.__init__ = noted  # type: ignore[method-assign]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Look through what one test printed, logged and said; of a careless one, what the program made of its log."""
    past_us = "careless" in report.keywords
    told = (content for name, content in report.sections if not (past_us and "log" in name))
    text = "\n".join([*told, report.longreprtext])
    if name := heard_in(text.encode("utf-8", "replace"), coats(_sung)):
        _heard[f"{name} in what {report.nodeid} printed"] = None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look through what was written, and fail the session for every canary."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None:
        forms = coats(_sung)
        for path in files_below(factory.getbasetemp()):
            if name := heard_in(path.read_bytes(), forms):
                _heard[f"{name} in {path}"] = None
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["canaries"] = (sorted(_sung), list(_heard))
    if _heard:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes of pytest-xdist heard."""
    sung, heard = getattr(node, "workeroutput", {}).get("canaries", ((), ()))
    _sung.update(sung)
    _heard.update(dict.fromkeys(heard))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figure."""
    terminalreporter.write_line(f"canaries: {len(_sung)} secrets, {len(_heard)} heard")
    for each in list(_heard)[:40]:
        terminalreporter.write_line(f"  {each}")
