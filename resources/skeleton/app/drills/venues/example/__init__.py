"""Drills of the practice venue."""
