"""One search for one user: tasks, fronts, and the proposal that comes out."""
