"""The folder a person works in: layout, safe files, lock, events, runs."""
