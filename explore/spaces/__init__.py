"""The two design spaces (ours and a published one), and the workloads and networks that designs are made for."""
