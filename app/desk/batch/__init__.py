"""Many orders at once: one wish, a verdict for each order before anything leaves, an outcome for each afterwards."""
