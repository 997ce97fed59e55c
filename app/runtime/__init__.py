"""The seam between Qt and asyncio: event loop, tasks, settings, secrets."""
