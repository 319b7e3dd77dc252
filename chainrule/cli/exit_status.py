"""Exit status of a command whose training diverged after its first epoch.

The model, or the scores, are those of the best weights before that; `main` lists the others.
"""

DIVERGED = 3
