"""Public sets of head CT as ichor reads data: links to their files and a checked label table."""
