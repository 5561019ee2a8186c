"""From sketchbook scans, or the demo artist, to a dataset of single-line drawings."""
