"""QFEX."""
