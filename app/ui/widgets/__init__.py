"""Controls that know nothing of orders: exact decimal fields, labels, layouts, lists."""
