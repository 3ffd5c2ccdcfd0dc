"""Latent design-space exploration: of the accelerators that `gateware` generates, and of published ones."""
