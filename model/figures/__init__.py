"""Figures and the pages around them: of a network, of the story towards the VAE, of latent spaces."""
