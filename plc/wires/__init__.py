"""The wires: each fills both ends of `plc.link`, and nobody above sees which one it is."""
