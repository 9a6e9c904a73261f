"""A light limit on looking up certificate numbers and names, per place and process."""

from academy.accounts.pace import Pace

MOST_LOOK_UPS = 60
MOST_NAMES = 10

look_ups = Pace(MOST_LOOK_UPS)
names = Pace(MOST_NAMES)
