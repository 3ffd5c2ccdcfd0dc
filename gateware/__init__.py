"""The VAE in hardware: Amaranth components, generated from a quantised network."""
