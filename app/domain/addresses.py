"""Addresses of venues: what they lead to, and what of them a person may read."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def origin_of(url: str) -> str:
    """Return scheme, host and port of a url, without a path: "https://bitso.com"."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    """Return True if the url's host is this machine, by name or by address, which a system-wide proxy cannot reach."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
