"""The window as a whole: application, start page, main window, and the feed from the desk."""
