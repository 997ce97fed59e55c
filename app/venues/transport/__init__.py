"""Plumbing the connectors share: requests, sockets with reconnect, rate limits, clock offset."""
