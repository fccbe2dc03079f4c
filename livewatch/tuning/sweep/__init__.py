"""How thresholds and other settings trade what is caught against false alarms."""
