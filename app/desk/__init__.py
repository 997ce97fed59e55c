"""The application itself, without a window: state, reducer, journal, reconciliation."""
