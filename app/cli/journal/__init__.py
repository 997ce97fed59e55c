"""`redline journal`: what happened, told from the record alone."""
