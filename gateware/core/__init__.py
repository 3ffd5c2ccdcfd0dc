"""The core: a variational autoencoder on the matrix engine, and who may use it."""
