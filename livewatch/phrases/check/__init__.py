"""Checks phrase lists beyond what makes them unusable: what would alarm for nothing, never be heard, or do nothing."""

from livewatch.phrases.check.checker import Checked, Line, check, rates
from livewatch.phrases.check.finding import Finding, Severity

__all__ = ["Checked", "Finding", "Line", "Severity", "check", "rates"]
