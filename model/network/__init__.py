"""The quantised network, the contract between software and hardware: its file, its rules, its integer inference."""
