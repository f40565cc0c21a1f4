"""Pictures that the server draws: where everything stands is computed here, and a template writes it down as SVG.

A drawing reads from left to right in every language.
"""
