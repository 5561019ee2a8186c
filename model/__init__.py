"""From a dataset to a trained network to new drawings."""
