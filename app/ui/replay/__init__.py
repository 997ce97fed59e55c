"""The bar of a replay, what moves it, and what a replay says other than a live ticket."""
