"""The plant as built: one YAML file, checked as a whole, and the questions everybody asks of it."""
