"""Example, practised: its protocol over the simulated exchange, written from the documents alone."""
