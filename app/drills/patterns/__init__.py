"""The steps of each scenario, said once: only the order, the numbers and the venue's own words and faults differ.

A pattern stands for one number of `scenarios.SCENARIOS` or for several of one kind, and makes the `Drill` of a venue
from what is particular there. What a scenario is on one venue alone is written down in that venue's own table.

    drafts: what stands against a draft, and what it would do.
    answers: what a venue says of an amendment, and what it does not say.
    races: what else happens to the order while an amendment is in flight.
    lineage: one order through several ids.
    sequence: what is told late or the wrong way round.
    away: nobody tells anything for a while: the venue, the link, or this program is gone.

Two arguments are the same everywhere: `terms` is the row in the end, which the exchange holds too, and what goes by a
name of `Drill` (`case`, `switches`, ...) is handed on.
"""
