"""The VAE in software: data, training, quantisation, and the integer inference that defines the hardware."""
