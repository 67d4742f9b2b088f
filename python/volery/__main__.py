"""Runs the command line program: `python -m volery`."""

from volery.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
