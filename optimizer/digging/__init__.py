"""Double-deep racks: what must be moved out of the way, and where to, so that a unit behind can be fetched."""
