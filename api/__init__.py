"""The face, and the only place that wires: REST, console, command line, settings."""
