"""Labelled pictures: where they come from, what is kept of them, what is wrong with them, and how they are split."""
