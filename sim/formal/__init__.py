"""Proofs about gateware by a SAT solver, and the rules of streams as claims."""
