"""The archives: drivers and parameters of meters, terminals and auxiliary gear, and communication ports."""
