"""The drills of AlphaPoint: every scenario, as this venue brings it about."""
