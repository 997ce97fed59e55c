"""The headless verbs: the same desk without a window."""
