"""Talks to a board, real or virtual, over a serial port."""
