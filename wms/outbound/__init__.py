"""What is owed: lots to verify, and meters to hand over to districts."""
