"""The matrix engine: the MAC array, its schedule, and the memories around it."""
