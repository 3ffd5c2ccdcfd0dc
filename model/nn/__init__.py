"""Neural networks in NumPy with manual back-propagation: layers, losses, optimisers, checkpoints."""
