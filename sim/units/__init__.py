"""The units measured: accuracy, statistics of ε, area; and the book of units."""
