"""channels.toml: what it may say, what it may not, and which way a message goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import ChannelsFileError
from data.events.channels import FILE, Channel, read_channels, ways

WHOLE = """
[[channel]]
name = "west"
area = "990101"
kind = "webhook"
address = "https://duty.example/events"
secret = "0123456789abcdef"
classes = ["gate_hit", "arrival"]

[[channel]]
name = "city"
area = "9901"
kind = "mail"
address = "duty@city.example"
below = false
"""


def test_a_file_is_read(tmp_path: Path) -> None:
    assert read_channels(tmp_path) == []
    (tmp_path / FILE).write_text(WHOLE)
    west, city = read_channels(tmp_path)
    assert (west.kind, west.classes, west.below) == ("webhook", ["gate_hit", "arrival"], True)
    assert (city.address, city.below) == ("duty@city.example", False)


@pytest.mark.parametrize(
    ("old", "new", "where", "about"),
    [
        ("[[channel]]", "[[channel", "TOML", "]]"),
        ('kind = "mail"', 'kind = "fax"', "channel.1.kind", "mail"),
        ("0123456789abcdef", "short", "channel.0", "16 letters"),
        ("https://duty", "ftp://duty", "channel.0", "http or https"),
        ("https://duty", "https://me:pass@duty", "channel.0", "http or https"),
        ("duty.example/", "duty.example:99999/", "channel.0", "http or https"),
        ("duty.example/", "[duty/", "channel.0", "http or https"),
        ("duty.example/", f"{'d' * 64}.example/", "channel.0", "http or https"),
        ("duty@city.example", "duty@city.example, all@x.example", "channel.1", "one mailbox"),
        ("duty@city.example", "duty@city.example\\nBcc: x@y.example", "channel.1", "one mailbox"),
        ("gate_hit", "gate_hits", "channel.0", "no class gate_hits"),
        ('"west"', '"city"', "channel", "two are called city"),
        ('"990101"', '"99%"', "channel.0.area", "pattern"),
        ("below = false", "beneath = false", "channel.1.beneath", "Extra"),
    ],
)
def test_what_cannot_be_is_told_in_both_languages(tmp_path: Path, old: str, new: str, where: str, about: str) -> None:
    assert old in WHOLE
    (tmp_path / FILE).write_text(WHOLE.replace(old, new, 1))
    with pytest.raises(ChannelsFileError, match=about) as refused:
        read_channels(tmp_path)
    assert refused.value.say("en").startswith(f"the channels {FILE}, {where}: ")
    assert "通知渠道" in refused.value.say("zh")


def test_a_message_goes_the_nearest_way() -> None:
    def way(name: str, area: str, **more: object) -> Channel:
        return Channel.model_validate({"name": name, "area": area, "kind": "mail", "address": "a@b.example"} | more)

    channels = [
        way("city", "9901"), way("west", "990101"), way("also", "990101"), way("own", "990102", below=False),
        way("fever", "990101001", classes=["fever"]),
    ]  # fmt: skip

    def names(area: str, klass: str = "gate_hit") -> list[str]:
        return [one.name for one in ways(channels, area, klass)]

    assert names("990101001001") == ["west", "also"]
    assert names("990101001001", "fever") == ["fever"]
    assert names("990102") == ["own"]
    assert names("990102001") == ["city"]
    assert names("9901") == ["city"]
    assert names("88") == []
