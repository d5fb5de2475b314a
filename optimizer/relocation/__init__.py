"""What to move tonight: the moves that pay most, and where they stop paying."""
