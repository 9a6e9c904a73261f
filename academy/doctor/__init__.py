"""`academy doctor`: is the installation well, and what is to be done where it is not.

Rooms add checks of their own to `app.extensions["academy.doctor"]`, in `app.py`.
"""
