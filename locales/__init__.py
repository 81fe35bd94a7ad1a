"""Gettext catalogues and the command that keeps them: ``python -m locales [--check]``."""
