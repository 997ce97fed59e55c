"""The bars at the rim of the window, notices, banners and the sheet of what happened while away."""
