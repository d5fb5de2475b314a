"""The judge: one record a line in, limit, rounded value, verdict and clause out, so that anyone can check the rules."""
