"""The argparse tree, a file for each group of commands. Nothing heavy is imported: `--help` must answer at once."""
