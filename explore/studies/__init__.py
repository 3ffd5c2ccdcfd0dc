"""Studies: methods compared over tasks and seeds, and the book of designs."""
