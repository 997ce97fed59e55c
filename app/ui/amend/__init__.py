"""The panel under an order: fields, preview, request and sending."""
