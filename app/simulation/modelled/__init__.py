"""Modelled venues for the simulation: an engine that holds the truth and wires that lose, delay and double messages.

Nothing here opens a socket, reads a clock or names a venue. A model is made of behaviours (`behaviour`), and
`app/simulation/venues/<name>.py` says which of them a venue has. Models know the domain and nothing else: no rulebook,
no codec, no desk, so that they cannot share a mistake with what they are to test.
"""
