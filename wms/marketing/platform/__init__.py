"""The profile of a metrology scheduling platform: messages and field names of its interface, over one neutral model."""
