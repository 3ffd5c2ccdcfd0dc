"""Costs of a design: exact cycles and resources, area predicted by a fit to syntheses, and modelled energy."""
