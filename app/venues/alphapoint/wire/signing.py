"""The signature of an API key: HMAC-SHA256 over nonce, user id and key, in lower-case hexadecimal.

Source: KIIEX documentation “Authenticate with API key” (https://docs.kiiglobal.io, read 2026-11-21, documented) and
four public clients that agree with it (ccxt, Hummingbot, two of Notbank's own; client code).
"""

from __future__ import annotations

import hashlib
import hmac


def sign(secret: str, nonce: str, user_id: str, api_key: str) -> str:
    """Sign a login: the three texts are put together with nothing between them.

    Args:
        secret: the API key's secret, used as the HMAC key.
        nonce: digits; ours is epoch milliseconds, always rising.
        user_id: the numeric id of the user, as text.
        api_key: the key itself.
    """
    message = f"{nonce}{user_id}{api_key}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
