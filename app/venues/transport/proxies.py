"""Proxies from the environment, read in one place for HTTP and sockets: usable, or refused in one sentence.

`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` mean what they mean to other programs, in either case. A proxy
never stands between this program and its own machine.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from app.domain.addresses import is_loopback
from app.domain.form import InputError

#: Kinds of proxy that both libraries speak.
SCHEMES = ("http", "https", "socks5", "socks5h")

#: Names of the variables that may hold the proxy for a scheme, first found first.
_VARIABLES = {"https": ("https", "all"), "wss": ("https", "all"), "http": ("http", "all"), "ws": ("http", "all")}


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment sets for a url, None where it sets none.

    Raises:
        InputError: if it is no address of a proxy; the sentence names the variable and never quotes a password.
    """
    if is_loopback(url):
        return None
    parts = urlsplit(url)
    proxies = getproxies_environment()
    name = next((each for each in _VARIABLES.get(parts.scheme, ()) if proxies.get(each)), None)
    if name is None or proxy_bypass(parts.hostname or ""):
        return None
    variable, text = f"{name.upper()}_PROXY", proxies[name].strip()
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
