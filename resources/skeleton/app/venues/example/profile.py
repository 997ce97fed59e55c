"""Names, addresses, credentials and limits of the venue. FILL IN: every value, from the venue's documents."""

from __future__ import annotations

from app.domain.profile import Profile
from app.venues.common.accounts import Needs
from app.venues.example.rules.citations import DOCUMENTS
from app.venues.example.wire.vocabulary import TITLE

REST = "rest"
API_KEY = "api_key"
SECRET = "secret"

#: Documented per account. A limit that is not documented is set low, and its citation says so.
REQUESTS = 10
WINDOW_S = 1

PROFILE = Profile(
    name="example",
    title=TITLE,
    amends_per_window=REQUESTS,
    window_s=WINDOW_S,
    limit_text=f"{REQUESTS} requests/s",
    needs_addresses=((REST, "API address, such as https://api.example.invalid"),),
    needs_credentials=((API_KEY, "the API key"), (SECRET, "the API key's secret")),
    environments=(("live", ((REST, "https://api.example.invalid"),)),),
    documents=DOCUMENTS,
)

#: A switch for what the documents leave open gets a line in the profile's `switches`, and here what is wanted of it.
NEEDS = Needs(switches={})
