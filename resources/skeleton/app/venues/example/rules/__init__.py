"""The rules as pure code: form, checks, plan, consequence, and what counts as evidence."""
