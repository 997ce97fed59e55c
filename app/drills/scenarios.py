"""The 52 things that can happen between asking for a change and knowing what became of it, and what must be true then.

No venue is named here. How a venue brings one about, or why it cannot, is in `app.drills.venues`; `app.drills.language`
says how one is written down, and `redline drill` runs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that can happen.

    Attributes:
        number: 1 to 52; its name everywhere.
        title: what happens.
        required: what the ticket must show or do then.
    """

    number: int
    title: str
    required: str


#: Of each its number and title, and on the next line what is required.
_TEXT = """
 1 Part of the order fills while an amendment is in flight
   The amendment stays open; the fill is booked at the terms it happened on; what remains is shown anew.
 2 All of the order fills while an amendment is in flight
   The order is filled; the amendment came too late and says so in one sentence.
 3 A fill in flight reaches the new quantity
   The order ends with what was filled, and the amendment tells what the venue made of it.
 4 A fill in flight passes the new quantity
   What the venue does then is said before sending and shown afterwards.
 5 A fill in flight of an order whose size is given as what remains
   The total that could be executed is computed beforehand, told afterwards, and can be cut again.
 6 The answer is lost, the change was made
   Unknown until the order is read back; nothing is sent again; confirmed by what the venue shows.
 7 The request is lost
   Unknown until a reading late enough shows the old terms; then not applied, and nothing is sent again.
 8 The answer comes twice
   The second one changes nothing; the ladder counts it on the same rung.
 9 The new terms are seen before the answer comes
   What is seen confirms; the late answer is noted and takes nothing back.
10 The answer comes, the push never does
   Acknowledged and no more, until a look-up shows the new terms.
11 The venue tells a change as the end of one order and the start of another
   One row with the new id; it is never shown as cancelled.
12 The new order is told before the end of the old one, or after it
   Either sequence leads to the same row.
13 The new order is never announced, and a fill of it arrives
   The row takes the new id from what is seen, and the fill is booked on it.
14 A fill of the old order is told after it was replaced
   The fill is booked to the old id and the new order's own figures are not touched.
15 Only the end of the old order is seen
   The row is not closed on that alone; the new order is looked for.
16 The new order has a new id and nothing that names the old one
   The row follows by shape and terms, and says how it came to the new id.
17 The amendment is refused, the order lives
   The order is unchanged and stays in the list; only the amendment has ended.
18 The venue reports “cancelled” and means the amendment, or leaves the order out of a list
   The order is looked for among the open ones before it is believed to be gone.
19 A refusal comes as another kind of message than the answer
   It is put to its request all the same.
20 A refusal has a code nobody documented
   It is shown as it came, and taken for no proof of what it does not say.
21 A cancel is sent while an amendment is in flight
   It leaves at once; the amendment is overtaken and the order is cancelled.
22 An amendment is tried while a cancel is in flight
   It is blocked, with the reason.
23 A second amendment is tried while the first is in flight
   It is blocked, with the reason; one amendment reaches the venue, unless the account lets more wait behind it.
24 An amendment is tried before the venue has taken the order
   It waits for that, and says so.
25 Somebody else changes the order under a draft
   The draft is not sent on the old terms; on the new ones it can be.
26 Fills arrive while a draft is open
   What was typed stays; what remains and the limits follow.
27 The draft equals the order
   Nothing is sent.
28 A number lies off the grid or below a minimum
   It is blocked, the nearest legal values are offered, and nothing is rounded in silence.
29 More is asked of a route that only reduces
   It is blocked; the other route is offered with what it costs in the queue.
30 A fill takes away the right to amend
   The lock appears by itself, with the rule.
31 A new price would cross on a post-only order
   What the venue does then is said before sending.
32 A new price alone changes the amount
   The derived change is shown before sending.
33 The funds cover the difference and not the whole order
   The draft may be sent, because what the order locks already is counted.
34 The venue holds both orders' money in flight
   The peak is shown; a peak beyond the funds is said before sending.
35 Balances are old
   The preview says when they were read.
36 The venue says we were too fast
   No second try; refused where the venue says so for certain, unknown otherwise.
37 Nothing at the venue answers for a while
   Reading is tried again at a bounded pace; sending never.
38 Some rows of a batch fail
   Every row has an outcome of its own.
39 A batch as a whole gets no answer
   Every row is unknown, none is refused.
40 Clocks disagree beyond the venue's window
   The difference is said; requests carry the venue's time or are refused by it in one sentence.
41 Messages come out of order, with times before ours
   The row shows what the venue did last, whatever came last.
42 A message of a numbered stream is missing
   The account is read again; nothing stale is sent.
43 The connection breaks with an amendment in flight
   Unknown; after the reconnect the order is read first; nothing is sent again.
44 Two orders live where there should be one
   Both are shown, the amendment is no success, and one can be cancelled.
45 The program restarts with an amendment in flight
   It comes back as unknown and is settled by look-ups.
46 A stop triggers while its trigger price is being amended
   The order is shown as triggered; the amendment has come too late.
47 The order expires with an amendment in flight
   The order ends with the venue's reason; the amendment was overtaken.
48 The change fails and the order is cancelled by its own rule
   Shown as a failed change that cancelled the order, as was chosen.
49 Nothing can be learnt for a long time
   It stays unknown, says what evidence is missing, and never turns into a result by waiting.
50 The old order was cancelled and the new one refused
   Off unless chosen; then the row says that the order is gone and why.
51 A partly filled order is replaced by a new one
   Off unless chosen; the new order is sized to what remains.
52 The change is made with other values than asked for
   Not confirmed: the differing terms are shown beside those asked for.
"""

_LINES = _TEXT.strip().splitlines()

#: Every scenario by its number.
SCENARIOS: Mapping[int, Scenario] = {
    int(number): Scenario(int(number), title, required.strip())
    for (number, title), required in zip((line.split(maxsplit=1) for line in _LINES[::2]), _LINES[1::2], strict=True)
}
