"""Proxies from the environment, read in one place for HTTP and sockets: usable, or refused in one sentence.

`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` mean what they mean to other programs, in either case. A proxy
never stands between this program and its own machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from app.domain.addresses import is_loopback
from app.domain.form import InputError
from app.domain.plain import one_line

#: Kinds of proxy that both libraries speak.
SCHEMES = ("http", "https", "socks5", "socks5h")

#: Names of the variables that may hold the proxy for a scheme, first found first.
_VARIABLES = {"https": ("https", "all"), "wss": ("https", "all"), "http": ("http", "all"), "ws": ("http", "all")}


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment sets for a url, None where it sets none.

    Raises:
        InputError: if it is no address of a proxy; the sentence names the variable and never quotes a password.
    """
    if (setting := _setting(url)) is None:
        return None
    variable, text = setting
    address = text if "://" in text else f"http://{text}"
    try:
        proxy = urlsplit(address)
        is_usable = proxy.scheme in SCHEMES and bool(proxy.hostname) and (proxy.port or 0) >= 0
    except ValueError:
        is_usable = False
    if not is_usable or not address.isascii() or any(letter.isspace() for letter in address):
        raise InputError(
            variable,
            f"The environment's {variable} is not the address of a proxy; write it like http://host:8080 or "
            f"socks5://host:1080, or remove it.",
        )
    return address


@dataclass(frozen=True, slots=True)
class Through:
    """The proxy on the way to a venue, for sentences on what fails there.

    Attributes:
        shown: its host and port, never a user name or a password.
        variable: what names it in the environment.
    """

    shown: str
    variable: str

    @property
    def way(self) -> str:
        """A sentence that says that this proxy is on the way."""
        return f"The way there leads through the proxy {self._named}."

    def unreachable(self, target: str, why: str) -> str:
        """A sentence on a proxy to which there is no connection; `target` is where that was to lead."""
        return (
            f"The proxy {self._named} cannot be reached ({why}), so nothing reached {target}; correct or unset "
            f"{self._what}."
        )

    def refused(self, target: str, why: str = "") -> str:
        """A sentence on a proxy that does not connect us with `target`."""
        reason = f" ({why})" if why else ""
        return f"The proxy {self._named} did not connect to {target}{reason}; ask who runs it, or unset {self._what}."

    @property
    def _named(self) -> str:
        return f"{self.shown} that {self.variable} names" if self.variable else self.shown

    @property
    def _what(self) -> str:
        return self.variable or "it"


def through_for(url: str) -> Through | None:
    """Return the proxy on the way to a url, None where there is none."""
    setting = _setting(url)
    if setting is None or (address := proxy_for(url)) is None:
        return None
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return Through(one_line(f"{host}:{parts.port}" if parts.port is not None else f"{host}", 260), setting[0])


def _setting(url: str) -> tuple[str, str] | None:
    """The variable that sets a proxy for a url, and what it holds; None where none does."""
    if is_loopback(url):
        return None
    parts = urlsplit(url)
    proxies = getproxies_environment()
    name = next((each for each in _VARIABLES.get(parts.scheme, ()) if proxies.get(each)), None)
    if name is None or proxy_bypass(parts.hostname or ""):
        return None
    return f"{name.upper()}_PROXY", proxies[name].strip()
