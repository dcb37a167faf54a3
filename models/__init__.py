"""What a classifier is: its spec, its preprocessing, its network, the bundle on disk, and how a bundle is run."""
