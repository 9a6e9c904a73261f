"""The version of the privacy notice that people accept; the text is the page `home.privacy`."""

PRIVACY_VERSION = "2026-11"
