"""Demo data: a catalogue, people and histories that show every part of the Academy at work."""
