"""Keep Qt's binding from reading the source of every module that is imported after it.

PySide6 looks through each for its own name, to know which of them may use its switchable features (snake_case,
true_property; its issue PYSIDE-2029). That takes a tenth of our start. None of Redline's modules uses one, and neither
does any that it needs.
"""

from __future__ import annotations

import sys
from types import ModuleType


def search_no_sources() -> bool:
    """Answer the binding's question, whether a module uses switchable features, without a search.

    Returns:
        False where the binding asks it in another way than this program knows, which is then left as it is.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if feature is None or not callable(getattr(feature, "_mod_uses_pyside", None)):
        return False
    setattr(feature, "_mod_uses_pyside", _uses_features)  # noqa: B010 - the binding has no name for it in its types
    return True


def _uses_features(module: ModuleType) -> bool:
    """Return False for every module."""
    return False
