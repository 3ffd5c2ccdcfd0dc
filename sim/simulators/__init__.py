"""Simulators: compiled RTL, gate level, and Verilator with cocotb; C++ compilers and the cache."""
