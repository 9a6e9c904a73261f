"""Builders that make sample packages in memory, honest ones and hostile ones."""
