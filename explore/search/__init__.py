"""A single search: its task, its front of compromises, and the designs that it proposes."""
