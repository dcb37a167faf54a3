"""The ways to choose an activation's range, one file each."""
