"""Data to learn from: tables, images, spin models, and the linear maps that are fitted to them."""
