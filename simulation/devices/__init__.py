"""The machines: real kinematics, records in the world, and no idea of what they are told for."""
