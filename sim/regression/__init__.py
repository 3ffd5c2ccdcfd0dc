"""Compares a network's core with the integer reference in any simulator, and measures the simulators' speed."""
