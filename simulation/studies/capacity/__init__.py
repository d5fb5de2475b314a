"""The capacity calculator: from a flow plan to pallets per hour, slots, and the machines that carry it."""
