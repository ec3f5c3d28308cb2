"""workspace.json: where it is, and what it says of its projects.

The light client imports this package, so only ``find`` is imported here: reading the file (``file``) costs
more than a ``status`` may take.
"""

from dev_assistant.workspace.find import NAME, current_project, find_workspace

__all__ = ["NAME", "current_project", "find_workspace"]
