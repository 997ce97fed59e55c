"""The only rooms that wait: requests, the way of an amendment, what the venue says as events."""
