"""Dual cycles of cranes: which retrieval goes with which storage, for a block at once or cycle by cycle."""
