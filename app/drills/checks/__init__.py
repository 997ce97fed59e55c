"""The named checks of the drills: each compares what the desk shows with what the exchange holds."""
