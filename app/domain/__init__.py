"""Orders, drafts and amendments: frozen values and pure functions, no Qt, clock, file or venue."""
