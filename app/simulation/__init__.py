"""Simulation: the desk's fold and the real rulebooks against modelled venues, in virtual time, without sockets.

`runner` plays episodes on several processes; an `episode` draws `steps` and carries them out in its `world`: the desk
(`shell`) and one modelled venue an account (`modelled/`, with the behaviours of each in `venues/<name>.py`). `promises`
are checked after every event; `restart` kills the program and starts it from its journal; `shrink` makes a broken
episode short. The practice venues are not used. `app.cli.simulate` is the verb.
"""
