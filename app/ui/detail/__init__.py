"""Panes beside and below the list: details of one order, and what needs attention."""
