"""What people are told beside a warning: what to do if it already happened, and where to report it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct


class Remedy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to do about one thing that has already happened."""

    happened: str
    """As the person would say it: "I gave them a code." """
    categories: tuple[str, ...]
    """Of phrases: what the caller was after when this may have happened"""
    steps: tuple[str, ...]
    """What to do, the most urgent first"""


class Office(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who takes reports of such calls."""

    name: str
    purpose: str
    """What to report there, a few words"""
    phone: str = ""
    """As dialled within the country; empty where there is none"""
    url: str = ""
    """https; empty where there is only a telephone"""


class Country(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where to report in one country."""

    name: str
    offices: tuple[Office, ...]
    """The one that matters most first"""


class Guidance(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it, checked when it is loaded (`livewatch.risk.aftermath`)."""

    remedy: tuple[Remedy, ...]
    everywhere: tuple[Office, ...]
    """For every country, after its own"""
    country: Mapping[str, Country]
    """By two capital letters, ISO 3166; "" is for countries that are not listed"""

    def remedies(self, categories: Iterable[str]) -> tuple[Remedy, ...]:
        """Return what fits a call in which these categories were heard, in their order; all if nothing does."""
        fitting = [remedy for category in categories for remedy in self.remedy if category in remedy.categories]
        by_name = {remedy.happened: remedy for remedy in fitting}
        return tuple(by_name.values()) or self.remedy

    def offices(self, country: str) -> tuple[Office, ...]:
        """Return where to report in `country` (two letters), and everywhere."""
        own = self.country.get(country.upper()) or self.country[""]
        return (*own.offices, *self.everywhere)
