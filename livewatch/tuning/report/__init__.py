"""One run of `evaluate` as a page that opens without a network, and as plots for papers."""
