"""The drills of Bitget: every scenario, as this venue brings it about."""
