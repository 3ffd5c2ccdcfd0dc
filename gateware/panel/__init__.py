"""The board without a host: buttons, switches, LEDs, display, and the line of text."""
