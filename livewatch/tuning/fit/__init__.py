"""Fitting from labelled calls: what the gist of a call is worth. Needs scipy (extra `tune`)."""
