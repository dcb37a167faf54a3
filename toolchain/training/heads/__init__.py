"""Small networks on features: all categories at once, several at a time, in seconds."""
