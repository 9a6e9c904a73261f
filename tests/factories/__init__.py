"""Things to test with, one module a room: `from tests.factories import accounts`."""
