"""What people are told when it has already happened: complete, plain, and theirs."""

from __future__ import annotations

import re

import pytest

from livewatch.risk.aftermath import country_here, load_guidance
from livewatch.risk.levels import load_rules

GUIDANCE = load_guidance()


def test_every_category_of_phrases_has_its_remedy_and_no_other_is_named():
    named = {category for remedy in GUIDANCE.remedy for category in remedy.categories}
    assert named == set(load_rules().categories)


def test_a_call_shows_what_fits_it_and_everything_where_nothing_does():
    assert [remedy.happened for remedy in GUIDANCE.remedies(["code"])] == ["I gave them a code, a PIN or a password."]
    first, second = GUIDANCE.remedies(["money", "control", "money"])
    assert "money" in first.categories
    assert "control" in second.categories
    assert GUIDANCE.remedies([]) == GUIDANCE.remedy


@pytest.mark.parametrize("country", ["US", "GB", "IN", "AU", "CA", "DE", "", "FR"])
def test_every_country_has_its_offices_then_microsoft_and_the_police(country):
    names = [office.name for office in GUIDANCE.offices(country)]
    assert len(names) >= 3
    assert names[-2:] == ["Microsoft", "Your local police"]


def test_the_united_states_have_ftc_and_ic3():
    urls = {office.url for office in GUIDANCE.offices("us")}
    assert {"https://reportfraud.ftc.gov", "https://www.ic3.gov"} <= urls


def test_every_office_can_be_reached_and_says_what_for():
    offices = [office for country in GUIDANCE.country.values() for office in country.offices]
    for office in offices:
        assert office.purpose
        assert office.url.startswith("https://") or re.fullmatch(r"[\d -]+", office.phone)


def test_sentences_are_short_enough_to_be_read_by_somebody_who_is_afraid():
    for remedy in GUIDANCE.remedy:
        for step in remedy.steps:
            for sentence in re.split(r"(?<=[.:?]) ", step):
                assert len(sentence.split()) <= 20, sentence


@pytest.mark.parametrize(
    ("environ", "country"),
    [
        ({"LANG": "en_US.UTF-8"}, "US"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "GB"),
        ({"LANG": "de_DE"}, "DE"),
        ({"LANG": "en_US", "LC_TIME": "en_IN.UTF-8"}, "IN"),
    ],
)
def test_the_country_is_guessed_from_the_language_settings(environ, country):
    assert country_here(environ) == country
