"""Lines whose cells are led one by one, as the WMS knows them: boxes as they open, empties, how a lot is verified."""
