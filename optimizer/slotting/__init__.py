"""Units to free slots, many at once: what moves often near, within height and weight, spread and balanced."""
