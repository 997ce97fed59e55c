"""The list of open orders: its model, its rows and their painting, its menu."""
