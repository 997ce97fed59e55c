"""The steps of each scenario, said once: only the order, the numbers and the venue's own words and faults differ.

A pattern stands for one number of `scenarios.SCENARIOS` or for several of one kind, and makes the `Drill` of a venue
from what is particular there. What a scenario is on one venue alone is written down in that venue's own table.

    drafts: obstacles to a draft, and its consequences.
    answers: replies to an amendment, and missing ones.
    races: other changes of the order while an amendment is in flight.
    lineage: one order through several ids.
    sequence: late, reordered or back-dated messages.
    around: another session, a gate before the venue, lists that are cut short.
    away: silence for a while: the venue, the link, or this program is gone.

Two arguments are the same everywhere: `terms` is the row in the end, which the exchange holds too, and what goes by a
name of `Drill` (`case`, `switches`, ...) is handed on.
"""
