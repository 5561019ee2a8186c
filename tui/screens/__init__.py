"""The screens, one for each step of the work."""
