// cocotb's main program for Verilator as a function, for a simulator that is loaded into a running Python.

#include <cstdio>
#include <cstdlib>

#define main cocotb_main
#include "verilator.cpp"
#undef main

extern "C" __attribute__((visibility("default"))) void simulate() {
    char name[] = "simulator";
    char *arguments[] = {name, nullptr};
    const int status = cocotb_main(1, arguments);
    // At the simulation's end cocotb has finalised Python: there is no interpreter left to return to.
    std::fflush(nullptr);
    std::_Exit(status);
}
