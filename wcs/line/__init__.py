"""A verification line, cell by cell: carriers, batches, verdicts and lanes. Pure decisions over the floor."""
