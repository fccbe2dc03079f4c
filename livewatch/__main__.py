"""`python -m livewatch`."""

import sys

from livewatch.cli import main

if __name__ == "__main__":
    sys.exit(main())
