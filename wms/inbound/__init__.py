"""What comes in: deliveries as announced, and what has arrived of them."""
