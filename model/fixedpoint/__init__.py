"""Integer arithmetic: formats, rounding, and the functions that the hardware equals bit for bit."""
