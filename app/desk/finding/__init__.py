"""Finding an order in a journal by whatever a person has of it: an index beside the record, and questions to it."""
