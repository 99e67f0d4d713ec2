"""`python -m lea`: the command line."""

from lea.cli.main import main

if __name__ == "__main__":
    main()
