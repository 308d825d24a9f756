"""The shell's door. A command is a module with `add(subparsers)` and `run(args) -> int`; `main` lists them all.

Nothing here imports Django at the top: a command that needs no database must start at once.
"""
