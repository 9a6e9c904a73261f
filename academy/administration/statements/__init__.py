"""Statements of the record store as administrators read them: asked for, told, one whole, as they come."""
