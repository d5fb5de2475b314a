"""Moves of stored pallets that nobody waits for: which ones pay, and made while the cranes have nothing else to do."""
