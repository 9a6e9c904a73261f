"""Shape of what people enter about themselves and their places."""
