"""What the demo artist can draw: one file a family of motifs, each motif one line through designed points."""
