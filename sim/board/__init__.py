"""The virtual board: the top in the compiled simulator, with a serial port, a person's switches and buttons, and eyes.

    serial port ─► rx ┐                ┌ tx ─► serial port      ports.py
                      ├─ engine.py ────┤
    switches, buttons ┘                └ LEDs, display          terminal.py, web.py

It runs in real time with a slow clock: what a person notices (debouncing, the LEDs' stretching, the pages' turns) has
the real board's durations.
"""
