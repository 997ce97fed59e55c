"""Readings of the state for people: what needs attention, what happened while away, exposure. Pure; they only read."""
