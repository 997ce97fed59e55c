"""Bitso."""
