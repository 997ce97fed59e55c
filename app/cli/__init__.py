"""The headless verbs, over the same desk."""
