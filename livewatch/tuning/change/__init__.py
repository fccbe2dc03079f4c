"""What a change of the phrase lists does to labelled calls, and making it the user's list."""
