"""Drills: every scenario a practice venue can bring about, run against the real desk over real sockets.

`scenarios` numbers what can go wrong; `language` holds the words a drill is written in; `patterns/` the steps several
venues share; `venues/<name>/` the drills of each practice venue: `table` by scenario number, `orders` with the orders
and steps it uses, `drafts` and `outcomes` with the longer ones. Nothing outside `venues/` knows a venue. For each drill
`scene` starts a practice venue of its own and a desk on it, `play` does the steps, and `checks/` hold the named checks
that compare what the desk shows with what the exchange holds. `app.cli.drill` is the verb.
"""
