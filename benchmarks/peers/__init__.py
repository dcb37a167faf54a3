"""What one gets without rct: the ways that people export the same network today, one small module each."""
