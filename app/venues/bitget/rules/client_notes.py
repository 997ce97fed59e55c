"""Facts about Bitget that public clients show and none of its documents at hand states; read later than those."""

from __future__ import annotations

from app.domain.rules import Confidence, RuleWriter

_note = RuleWriter("bitget", "2026-11-30")

_CCXT = ("Public client ccxt 4.5.90: sample of the instruments call", "https://pypi.org/project/ccxt/4.5.90/")

MARGIN_RULES = _note(
    "market.margin",
    "MARGIN has instruments of its own, whose steps may differ from those of the spot market it trades in.",
    _CCXT,
    Confidence.CLIENT_CODE,
)
