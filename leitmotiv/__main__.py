"""`python -m leitmotiv` and the command `leitmotiv`."""

from leitmotiv.cli.main import main

if __name__ == "__main__":
    main()
