"""The demo: three deliveries through the whole plant, with every fault once, and the sum that must come out."""
