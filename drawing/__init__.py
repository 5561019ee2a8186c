"""What a drawing is, what can be done to its lines, and every format it is read from or written to."""
