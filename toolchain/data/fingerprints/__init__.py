"""What is read off every picture once: its digests, what it is, hashes of how it looks, its edge and JPEG tables."""
