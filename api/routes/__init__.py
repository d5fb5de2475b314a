"""Routers: parse, one call, return."""
