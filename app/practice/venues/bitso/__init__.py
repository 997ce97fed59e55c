"""A practice Bitso: REST v3, the v4 modify, and the public websocket, on loopback."""
