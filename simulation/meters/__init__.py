"""Meters of the twin: what each truly is, how it behaves on a bench, and how it speaks on its line."""
