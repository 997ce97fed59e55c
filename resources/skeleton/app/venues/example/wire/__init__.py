"""The bytes, both ways, without I/O: vocabulary, signatures, requests, rows and answers."""
