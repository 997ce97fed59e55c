"""The journal: every event on disk before an amendment leaves, chained by hash, read back and folded again."""
