"""How it moves: transport orders, missions, routing, dispatch, recovery and alarms."""
