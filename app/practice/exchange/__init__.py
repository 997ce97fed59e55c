"""One exchange for every practice venue: orders, books, balances, and a market that moves."""
