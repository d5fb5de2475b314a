"""Batches to verification benches: who verifies what and in which order, with change-overs and due times."""
