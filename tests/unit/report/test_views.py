from __future__ import annotations

import dataclasses

import pytest


def test_a_picture_cannot_be_changed_while_it_is_read(project, workspace, watch):
    view = workspace(project())

    for part, name in (
        (view, "state"),
        (view.projects[0], "files"),
        (view.queue, "pending"),
        (watch(), "backend"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, None)
