"""A stand-in for the utility's scheduling platform: a real HTTP server with a store of its own, and bad manners."""
