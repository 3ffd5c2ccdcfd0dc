"""The joint model: a VAE of designs with predictors that read its latent space."""
