"""Tools for the people who keep the data: one module a command, and what they share.

Every change is made on a copy in memory, checked with all rules in a scratch folder,
shown as a diff, and only then written as plain CSV in a stable order.
"""
