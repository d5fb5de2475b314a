"""Benches of the twin: power, standard, error boards and positions in front of virtual meters."""
