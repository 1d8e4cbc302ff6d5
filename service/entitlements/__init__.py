"""Entitlements: what the rules give an employee, worked out step by step, each with its article."""
