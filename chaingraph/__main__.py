"""`python -m chaingraph`: the command line."""

from chaingraph.cli import main

if __name__ == "__main__":
    main()
