"""The twin held against theory: what a formula says, what the twin does, and whether the two agree."""
