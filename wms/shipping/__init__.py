"""Which vehicle takes what to which district, in which order docks are loaded, and the notes that go along."""
