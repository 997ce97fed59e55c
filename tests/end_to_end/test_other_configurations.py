"""The same account in another configuration file: a copy, a link, another name."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.conftest import Practice

ORDER = "qlbga6b600n3xta7"


def test_no_other_file_with_that_account_sends_beside_an_unresolved_amendment(
    practice: Practice, tmp_path: Path
) -> None:
    practice.tell("bitso/faults", operation="amend", action="drop", point="request_received")
    first = practice.run("amend", ORDER, "price=120000", "--wait", "1", "--json")
    assert first.code != 0
    name = first.json["amendment"]
    text = practice.config.read_text()
    copy, link, renamed = (tmp_path / f"{each}.toml" for each in ("copy", "link", "renamed"))
    copy.write_text(text)
    link.symlink_to(practice.config)
    renamed.write_text(text.replace('"Bitso practice"', '"Mine"').replace("127.0.0.1", "localhost"))
    for config in (copy, link, renamed):
        config.chmod(0o600)
        beside = practice.run("amend", ORDER, "price=119000", "--wait", "0", config=config)
        assert (beside.code, name in beside.err, "is unresolved" in beside.err) == (4, True, True), (
            config,
            beside.out,
            beside.err,
            first.out,
        )
    listed = practice.run("orders", config=renamed)
    assert f"{name} is unresolved in another journal; `redline journal {name} --journal " in listed.err
    assert "a start with the configuration that calls the account Bitso practice looks it up." in listed.err
    assert len(practice.tell("bitso/requests?operation=amend")) == 1
    sent = practice.run("amend", ORDER, "price=119000", "--confirm", "--json", config=copy)
    assert (sent.code, sent.json["stage"]) == (0, "confirmed"), sent.err
