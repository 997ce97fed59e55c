"""AlphaPoint."""
