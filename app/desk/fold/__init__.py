"""The fold: events into the state, and the effects they call for. Pure; the only writer of the state."""
