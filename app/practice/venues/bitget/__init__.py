"""A practice Bitget: the unified account's REST v3 and its two websockets, on loopback."""
