"""Each modelled venue: which behaviours of `app.simulation.modelled` it has."""
