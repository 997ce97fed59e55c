"""Redirects: never followed, by no connection, because what signs and logs in would do so at another host. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: What a host and a port are made of; the rest of a location may carry anything.
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")


def redirect_of(status: int, location: str) -> str:
    """Return a reply as a clause if it is a redirect, such as "a redirect to other.example", "" if it is none.

    The clause names a host and nothing else of where the venue points: no path, no query, no login.
    """
    if not 300 <= status < 400 or status == 304:
        return ""
    host = _host_of(location.strip())
    return f"a redirect to {host}" if host else "a redirect"


def _host_of(location: str) -> str:
    if not location:
        return ""
    try:
        parts = urlsplit(location)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an unreadable address"
    if not host:
        return "another of its own paths" if not parts.scheme else "an unreadable address"
    if not _HOST.fullmatch(host):
        return "an unreadable address"
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"
