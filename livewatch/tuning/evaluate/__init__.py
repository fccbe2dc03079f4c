"""Many calls watched and counted: recall, false alarms, phrases, with their intervals."""
