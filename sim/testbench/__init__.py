"""Test benches: streams as arrays, serial lines, screens, stand-ins, and reference models of the answers."""
