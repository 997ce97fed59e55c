"""Redline: a desktop ticket that amends orders already resting on an exchange."""
