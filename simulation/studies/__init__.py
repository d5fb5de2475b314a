"""Studies: the unmodified WMS and WCS in a twin, many times over, and what that says with which certainty."""
