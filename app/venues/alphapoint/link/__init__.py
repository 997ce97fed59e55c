"""AlphaPoint's sockets and requests: the only rooms of this venue that wait."""
