"""How good a classifier is, on labelled pictures that it has not seen."""
