"""A practice AlphaPoint: the websocket gateway and the HTTP gateway of one exchange, on loopback."""
