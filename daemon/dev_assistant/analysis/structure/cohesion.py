"""How many classes a class is: LCOM4, the connected components of its methods.

Two methods are connected when they use the same member of their object, or when one uses the other. After
Hitz and Montazeri, "Measuring Coupling and Cohesion in Object-Oriented Systems", Proc. Int. Symposium on
Applied Corporate Computing, Monterrey 1995, section 3.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping


def components(methods: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """The parts of a class, by the members that each method uses; in the order of their first methods."""
    leader: dict[str, str] = {}  # a union-find forest of methods and members

    def root(name: str) -> str:
        while (above := leader.setdefault(name, name)) != name:
            leader[name] = name = leader[above]
        return name

    for method, members in methods.items():
        for member in members:
            leader[root(member)] = root(method)
    parts: dict[str, list[str]] = {}
    for method in methods:
        parts.setdefault(root(method), []).append(method)
    return [tuple(part) for part in parts.values()]
