"""People of the verification line: who may test, who may check, and who is on duty at which bench."""
