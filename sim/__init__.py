"""Running the gateware: testbench helpers, simulators, regressions."""
