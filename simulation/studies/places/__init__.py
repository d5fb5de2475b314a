"""Where replications run: processes of this machine, or a Dask cluster. What comes back is the same."""
