"""A journal looked at: copied, read to the last row that holds, folded up to any moment. Nothing here can send."""
