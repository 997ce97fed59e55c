"""`redline drill`: every scenario a practice venue can bring about, run against the real desk over real sockets.

The drills are data in the practice venues' folders (`app.drills.language`); nothing here knows a venue. For each
drill `scene` starts a practice venue of its own and a desk on it, `play` does the steps, and the `checks_*` modules
hold the named checks that compare what the desk shows with what the exchange holds.
"""
