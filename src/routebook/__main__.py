"""`python -m routebook` is the command `routebook`."""

from routebook.cli.main import entry

if __name__ == "__main__":
    entry()
