"""Bitget unified trading account."""
