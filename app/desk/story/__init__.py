"""Stories of orders, told from the record alone: what happened, who says so, and in which row it stands."""
