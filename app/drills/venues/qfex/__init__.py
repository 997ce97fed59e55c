"""The drills of QFEX: every scenario, as this venue brings it about."""
