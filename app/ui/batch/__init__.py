"""Many orders in the window: the sheet with a verdict for each before anything leaves, and an outcome afterwards."""
