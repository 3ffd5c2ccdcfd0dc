"""The costs of a design: cycles, resources, area by a fit to syntheses, energy by a model."""
