"""The twin: machines with real kinematics behind soft PLCs, scanners and a study of faults."""
