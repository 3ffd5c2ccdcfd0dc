"""The VAE library: model, trainer, data sets, encoders, decoders, maps of the latent space."""
