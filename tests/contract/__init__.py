"""Tests of the house itself: budgets, layout, walls, public doors."""
