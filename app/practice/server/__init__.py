"""Listeners, messages, faults, limits and the control endpoint of a practice venue, below its protocol."""
