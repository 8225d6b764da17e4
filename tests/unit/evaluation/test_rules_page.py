"""Every rule that can be found has its entry on the page of rules."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "rules.md"
RULE = re.compile(r'^\s+rule="([a-z_]+)"', re.MULTILINE)


def rules_in_code():
    return {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in RULE.findall(path.read_text(encoding="utf-8"))
    }


def test_the_page_has_each_rule_of_the_code_and_no_other():
    listed = re.findall(r"^\| `([a-z_]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == rules_in_code()
