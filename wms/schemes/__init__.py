"""The scheme library: blocks, cases and schemes, their review, and the run sheets that benches get."""
