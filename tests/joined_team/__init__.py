"""Tests of what joins a team: offers, policy, faults."""
