"""Tests of the tests: puts small faults into the gateware, and checks that a test fails."""
