"""The virtual board: the top in the compiled simulator, with a serial port, switches, buttons, LEDs and display.

    serial port ─► rx ┐                     ┌ tx ─► serial port      ports.py
                      ├─ virtual_board.py ──┤
    switches, buttons ┘                     └ LEDs, display          terminal.py, web.py

It runs in real time with a slow clock. Everything that a person notices (debouncing, stretched LEDs, changing pages)
lasts as long as on the real board.
"""
