"""Venues: one folder each, the same rooms and the same file names in all of them. How to add one:

1. Copy the skeleton, a whole venue as small as one can be, and rename it, folders and words, to your venue's name:
   `cp -r resources/skeleton/app resources/skeleton/tests .`, then “example” to “<name>” and “Example” to “<Name>”. It
   fills these places and no others: `app/venues/<name>/`, `app/practice/venues/<name>/`, `app/drills/venues/<name>/`,
   `app/simulation/venues/<name>.py`, `tests/venues/<name>/`. All are found by their place.
   `git mv` or `mv` does the folders, `sed -i s/example/<name>/g` the words, `ruff check --fix . && ruff format .` the
   order of imports.
2. Put one line into `registry.py`. Now `redline drill --all --venue <name>` plays on it, and
   `grep -rn "FILL IN[:]" app tests` tells what is yours to say.
3. `app/venues/<name>/` has `profile.py` and three rooms: `rules/` and `wire/` are pure, `link/` alone waits and knows
   both, never the reverse. Which file has which role says the table in `.github/CONTRIBUTING.md`; the import contracts
   and the purity rule go by these paths. Nearest to look at: Bitso (REST alone), Bitget (REST and pushes), QFEX and
   AlphaPoint (one socket).
4. Write the pure rooms first, each with tests in `tests/venues/<name>/`. An answer is read as one of
   `common.failures.Proof`; only a documented refusal is one, all else is UNKNOWN.
5. An amendment leaves through `common.delivery.Delivery`: implement its `Channel` (obstacle, check, encode, transmit).
   Report with `common.reporter.Reporter`, state what an account needs as `common.accounts.Needs`, and put it all into a
   `common.face.VenueFace` called `VENUE`.
6. Write the practice exchange from the documents, sharing no parser and no signer with the venue's folder; then every
   drill, or why it cannot be brought about; then what the modelled venue does otherwise than `Behaviour` has it.
"""
