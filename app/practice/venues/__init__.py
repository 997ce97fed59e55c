"""The practice venues, one folder each: a protocol spoken over the shared exchange and server."""
