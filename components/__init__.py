"""The work: what is done to a record, one folder per node of the graph."""
