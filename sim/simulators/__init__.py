"""Simulators: the compiled one, the gate level, Verilator under cocotb; compilers and their cache."""
