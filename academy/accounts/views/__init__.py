"""Pages of accounts: signing in, registering, the own profile, people, and their administration."""

from academy.accounts.views import (  # noqa: F401 -- importing a module adds its routes
    administration,
    data,
    devices,
    organisations,
    password,
    people,
    privacy,
    profile,
    registration,
    signin,
)
from academy.accounts.views.blueprint import blueprint, waiting_count

__all__ = ["blueprint", "waiting_count"]
