"""Addresses of venues."""

from __future__ import annotations

from app.domain.addresses import is_loopback, origin_of


def test_origins_and_loopback() -> None:
    assert origin_of("https://bitso.com/api?x=1") == "https://bitso.com"
    assert is_loopback("http://localhost:1/x")
    assert is_loopback("http://[::1]:80")
    assert not is_loopback("https://bitso.com")
    assert not is_loopback("https://[bad")
