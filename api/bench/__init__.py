"""The line server as bench clients see it: in this process, or by HTTP."""
