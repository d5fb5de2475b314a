"""The cells of a verification line as machines, and the carriers that they share."""
