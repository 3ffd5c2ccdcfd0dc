"""Arithmetic units: sigmoid, σ, ε, sampling, argmax; each equals an integer function of `model.fixedpoint`."""
