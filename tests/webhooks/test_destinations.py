"""Which addresses are sent to at all, as they are typed and as they are resolved."""

from ipaddress import ip_address, ip_network

import pytest

from services.webhooks.base.destinations import BadUrl, may_be_asked, parse_url

LOOPBACK = (ip_network("127.0.0.0/8"),)
PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.30.77.2"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.1"),
        *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3"),
        *("240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1"),
        *("2001::1", "2001:0:5ef5:79fd:0:0:80ff:fffe", "100::1", "fec0::1", "4000::1"),
    ],
)
def test_an_address_that_is_not_of_the_internet_is_not_asked(address: str) -> None:
    assert not may_be_asked(ip_address(address))


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_one_of_the_internet_is(address: str) -> None:
    assert may_be_asked(ip_address(address))


def test_what_the_operator_allows_is_allowed_however_it_is_written() -> None:
    for address in ("127.0.0.1", "::ffff:127.0.0.1"):
        assert may_be_asked(ip_address(address), LOOPBACK)
    assert not may_be_asked(ip_address("10.0.0.1"), LOOPBACK)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://example.org/", "https"),
        ("ftp://example.org/", "https"),
        ("file:///etc/passwd", "https"),
        ("//example.org/", "https"),
        ("https://ann:secret@example.org/", "credentials"),
        ("https://example.org@10.0.0.1/", "credentials"),
        ("https://@example.org/", "credentials"),
        ("https://example.org/#a", "fragment"),
        ("https://example.org/a b", "characters"),
        ("https://example.org/\r\nX-Evil: 1", "characters"),
        ("https://exa\tmple.org/", "characters"),
        ("https://example.org/é", "characters"),
        ("https://exämple.org/", "characters"),
        ("https://example.org\\@10.0.0.1/", "characters"),
        ("https://example.org/\0", "characters"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://ex%61mple.org/", "host"),
        *((f"https://{number}/", "host") for number in ("0x7f.1", "2130706433", "127.1", "1.0x")),
        ("https://017700000001./", "host"),
        ("https://[::1/", "malformed"),
        ("https://example.org:99999/", "malformed"),
        ("https://example.org:abc/", "malformed"),
        ("https://example.org:22/", "port"),
        ("https://example.org:0/", "port"),
        ("https://127.0.0.1/", "private-address"),
        ("https://[::ffff:127.0.0.1]/", "private-address"),
        ("https://example.org/" + "a" * 2000, "too-long"),
    ],
)
def test_an_address_that_cannot_be_one(url: str, rule: str) -> None:
    with pytest.raises(BadUrl) as refused:
        parse_url(url)
    assert refused.value.rule == rule


def test_an_ordinary_address() -> None:
    target = parse_url("HTTPS://Hooks.Example.org:8443/a/b?c=%0d%0ad")
    assert (target.scheme, target.host, target.port) == ("https", "hooks.example.org", 8443)
    assert target.path == "/a/b?c=%0d%0ad"
