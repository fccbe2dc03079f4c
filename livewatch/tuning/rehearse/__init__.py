"""Rehearsal: a phrase is spoken by the voices of this computer, sent through a telephone line, and recognised."""
