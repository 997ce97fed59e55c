"""Code that every venue shares above the transport: reports, deliveries, failures, faces, checks, fields, locks.

`failures`, `fields` and `locks` are pure and may be imported by a venue's `rules` and `wire`; the others serve its
`link` and its face. Nothing here knows a venue.
"""
