"""Long work in many jobs: planned once, done side by side, taken up again where a process left it."""
