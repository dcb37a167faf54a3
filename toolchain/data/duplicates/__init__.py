"""Which pictures are the same, byte for byte or by their looks, and what hangs together because of it."""
