"""The drills of Bitso: every scenario, as this venue brings it about."""
