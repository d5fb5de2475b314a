"""Bench equipment: power source, reference standard, error boards and positions behind small interfaces."""
