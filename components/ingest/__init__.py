"""SliceExampleGen: folders and tables of slices to TFRecords, split by patient."""
