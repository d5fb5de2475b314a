"""What may be said from a few replications, and with which certainty: pure figures in, figures out."""
