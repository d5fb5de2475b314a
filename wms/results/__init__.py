"""What came out of verification: every reading, verdict, certificate and notice, and what they say of a bench."""
