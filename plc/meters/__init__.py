"""Electricity meters on their serial lines: DL/T 645-2007 and DL/T 698.45, from the master's end."""
