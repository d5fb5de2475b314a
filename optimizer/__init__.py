"""What would be best: plain numbers in, a plan out. No clock, no database, no wire."""
