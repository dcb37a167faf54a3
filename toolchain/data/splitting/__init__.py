"""Which pictures a classifier learns from, and which it is judged by: nothing that hangs together on both sides."""
