"""The wires to marketing: the sender of letters, one adapter for each profile, receivers as configured."""
