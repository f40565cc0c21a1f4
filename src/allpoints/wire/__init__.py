"""What goes over the line between a hub and a bureau: the types of the hub's answers, a file for each subject.

Refusals travel as `allpoints.errors.Problem`.
"""
