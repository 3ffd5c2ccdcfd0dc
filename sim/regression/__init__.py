"""A network's core against the integer reference, in bulk, in any simulator; and how fast each is."""
