"""Calibration: what a plant's own journal says of cycle times, batches and faults, against what its data say."""
