"""Who is looking: every function that reads or writes staff data takes a viewer."""

from __future__ import annotations

from dataclasses import dataclass

from service.people.roles import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in an organisation and everything below it."""

    role: Role
    organisation: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of staff with the grants held at this moment."""

    staff_id: str
    grants: frozenset[Grant]

    def may(self, role: Role, organisation: str) -> bool:
        """Tell whether `role` is held for `organisation`, itself or through one above it."""
        return any(
            grant.role is role and is_within(organisation, grant.organisation) for grant in self.grants
        )

    def holds(self, *roles: Role) -> bool:
        """Tell whether one of `roles` is held anywhere."""
        return any(grant.role in roles for grant in self.grants)


def is_within(path: str, ancestor: str) -> bool:
    """Tell whether the organisation at `path` is `ancestor` or lies below it."""
    return path == ancestor or path.startswith(f"{ancestor}/")


def lineage(path: str | None) -> tuple[str, ...]:
    """Return `path` and everything above it, the nearest first; nothing for None."""
    if not path:
        return ()
    parts = path.split("/")
    return tuple("/".join(parts[:end]) for end in range(len(parts), 0, -1))
