"""`python -m glasslogit`: the command line, where the command `glasslogit` is not on the path."""

from glasslogit.cli import main

if __name__ == "__main__":
    main()
