"""AlphaPoint's rules as pure code: fields offered, checks of a draft, consequences, and what an answer proves."""
