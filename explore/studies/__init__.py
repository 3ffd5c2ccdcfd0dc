"""Studies: search methods compared over tasks and seeds, and the page docs/explore.md that reports them."""
