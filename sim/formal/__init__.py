"""Proves properties of gateware with a SAT solver; the rules of streams as such properties."""
