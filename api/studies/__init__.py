"""Studies that the console starts: wishes kept in files, one child process at a time, and what their folders hold."""
