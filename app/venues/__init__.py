"""Venues: one folder each, the same rooms and the same file names in all of them. How to add one:

1. Copy the folder whose protocol is nearest to yours (Bitso: REST alone; Bitget: REST and pushes; QFEX and AlphaPoint:
   one socket) to `app/venues/<name>/` and keep its file names; the table of roles is in `.github/CONTRIBUTING.md`:
   `profile.py` (names, addresses, credentials, switches, what is wanted of each),
   `rules/` (pure: rulebook, form, checks, consequence, judge, citations with document, date and confidence),
   `wire/` (pure: vocabulary, signing, codec, rows, answers) and
   `link/` (the only rooms that wait: connector, amend, look_up, listener, rest, sockets).
   `link` imports `rules` and `wire`, never the reverse; the import contracts and the purity rule go by these paths.
2. Write the pure rooms first, each with tests in `tests/venues/<name>/{rules,wire}/`. An answer is read as one of
   `common.failures.Proof`; only a documented refusal is one, all else is UNKNOWN.
3. An amendment leaves through `common.delivery.Delivery`: implement its `Channel` (obstacle, check, encode, transmit).
   Report with `common.reporter.Reporter`, state what an account needs as `common.accounts.Needs`.
4. Put it all into a `common.face.VenueFace` called `VENUE`, and one line into `registry.py`.
5. Add the practice exchange `app/practice/venues/<name>/server.py` (sharing no parser and no signer with this folder),
   the drills `app/drills/venues/<name>/table.py` (every scenario, or why it cannot be brought about) and the modelled
   venue `app/simulation/venues/<name>.py`. All three are found by their folder.
"""
