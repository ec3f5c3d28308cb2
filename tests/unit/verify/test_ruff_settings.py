from __future__ import annotations

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.verify.ruff_settings import deciding, parse
from unit.verify.judging import ruff, write


def _shown(root, options: str) -> str:
    write(root, {"ruff.toml": options})
    shown = ruff(root, "--show-settings", "--", "ruff.toml")
    assert shown.returncode == 0, shown.stderr
    return shown.stdout.decode()


def test_all_that_is_needed_is_read_from_ruffs_own_words(tmp_path):
    write(tmp_path, {"lib/a.py": "", "ns/a.py": ""})
    settings = parse(
        _shown(
            tmp_path,
            'exclude = ["a/*.py", "b c"]\nextend-exclude = ["d"]\ninclude = ["*.py"]\n'
            'extend-include = ["*.txt"]\nsrc = ["lib", "none"]\npreview = true\n'
            'extension = {foo = "python"}\nnamespace-packages = ["ns"]\n'
            'lint.exclude = ["m.py"]\nlint.select = ["F401", "I001"]\n',
        )
    )
    root = str(tmp_path)
    assert (settings.source, settings.root) == (root + "/ruff.toml", root)
    assert settings.exclude == ("a/*.py", "b c")
    assert settings.extend_exclude == ("d",)
    assert (settings.include, settings.extend_include) == (("*.py",), ("*.txt",))
    assert settings.lint_exclude == ("m.py",)
    assert settings.src == (root + "/lib",)
    assert settings.codes == {"unused-import": "F401", "unsorted-imports": "I001"}
    assert settings.preview
    assert settings.namespaces
    assert settings.extensions


def test_the_defaults_have_none_of_the_rarer_things(tmp_path):
    settings = parse(_shown(tmp_path, ""))
    assert "F401" in settings.rules
    assert ".venv" in settings.exclude
    assert not (settings.preview or settings.namespaces or settings.extensions)


def test_what_decides_is_free_of_what_does_not(tmp_path):
    plain = deciding(_shown(tmp_path, ""))
    assert deciding(_shown(tmp_path, 'output-format = "github"\ncache-dir = "elsewhere"\n')) == plain
    assert deciding(_shown(tmp_path, "line-length = 100\n")) != plain


@pytest.mark.parametrize("text", ["", "no settings", "# File Resolver Settings\n# Formatter Settings\n"])
def test_another_form_is_a_failure_of_the_tool(text):
    with pytest.raises(ToolError):
        parse(text)
