"""Flexible job shops: each operation of a job on one of several machines, the last one done as early as can be."""
