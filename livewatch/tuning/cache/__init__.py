"""Recognise once, judge many times: what was heard in a call, and which phrases, kept from one run to the next."""
