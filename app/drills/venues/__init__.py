"""Each practice venue's answer to every scenario: its drills, or why it cannot bring one about."""
