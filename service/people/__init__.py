"""People: employees and how they are known, union staff and their grants, the organisation tree."""
