"""Labelled calls: reading manifests; adding, labelling and checking them."""
