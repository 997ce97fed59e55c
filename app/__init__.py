"""Redline: a desktop ticket that amends orders already resting on an exchange."""

__version__ = "0.1.0"
