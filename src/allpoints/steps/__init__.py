"""The steps of the corridor, one file each; `pipeline.py` tells them in order."""
