"""One folder a venue, each with the same rooms: rulebook, codec, connector, profile."""
