"""Measures the non-linear units (accuracy, area) and the statistics of ε; writes the book of units."""
