"""What can be set, where it may be set, and which place wins.

Values inside the program are always a whole ``Settings``; what people write is a *part* of one, and becomes
a ``Layer`` in ``table`` before it is merged.
"""

from dev_assistant.settings.cores import default_workers
from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import LayerKind, Origin

__all__ = ["LayerKind", "Origin", "Settings", "default_workers"]
