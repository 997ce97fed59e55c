"""A practice QFEX: the trade socket, the market-data socket, and the REST calls a ticket needs, on loopback."""
