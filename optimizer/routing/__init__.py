"""Which vehicle brings what to whom, in which order, from one depot."""
