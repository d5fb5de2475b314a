"""Verification on a bench: the sheet that says what is tested, the engine that runs it, and what comes out."""
