"""Jobs of progress."""
