"""The ground: the plant as built, what its devices say, and the wires they say it on."""
