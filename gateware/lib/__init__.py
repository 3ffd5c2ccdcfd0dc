"""Hardware that knows nothing of a VAE: number formats as types, pipelines, read-only memories."""
