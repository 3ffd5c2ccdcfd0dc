"""Testbenches: streams as arrays, serial lines, screens, stand-ins, and the references that answers are held to."""
