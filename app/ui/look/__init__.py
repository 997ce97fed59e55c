"""Colours, type, number formats and the key map of the window."""
