"""`allpoints demo`: a synthetic world, told as a story or served until Ctrl-C."""
