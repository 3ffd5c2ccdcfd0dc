"""Tests of the tests: small faults in the gateware, and whether a test notices."""
