"""From a float network to integers: folding, equalisation, post-training and trained quantisation."""
