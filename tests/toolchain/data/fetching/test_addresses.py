import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from toolchain.data.fetching.addresses import is_public, may_connect, read_exemption

IPV4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b::a00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd12:3456::1", "fe80::1",
        "fe80::1%eth0", "fec0::1", "3fff::1", "5f00::1", "4000::1", "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet_are_refused(address):
    assert not may_connect("pictures.test", 80, address, ())


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_public_addresses_are_allowed(address):
    assert may_connect("pictures.test", 80, address, ())


@settings(max_examples=30)
@given(IPV4)
def test_an_ipv4_address_is_refused_in_every_ipv6_dress(address):
    number = int(address)
    for dressed in (number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not is_public(ipaddress.IPv6Address(dressed))


def test_what_the_user_names_is_allowed_and_nothing_beside_it():
    exemptions = [read_exemption("localhost:8000"), read_exemption("[::1]:81"), read_exemption("10.1.0.0/16")]
    assert may_connect("LOCALHOST", 8000, "127.0.0.1", exemptions)
    assert may_connect("::1", 81, "::1", exemptions)
    assert may_connect("nas.lan", 443, "10.1.2.3", exemptions)
    assert not may_connect("localhost", 8001, "127.0.0.1", exemptions)
    assert not may_connect("evil.test", 8000, "127.0.0.1", exemptions)
    assert not may_connect("nas.lan", 443, "10.2.2.3", exemptions)
    assert not may_connect("::1", 81, "fd00::1", [read_exemption("10.0.0.0/8")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10.0.0.1", "--allow-private: neither HOST:PORT nor a network (got '10.0.0.1'). Write it as 127.0.0.1:8000."),
        (
            "host:http",
            "--allow-private: neither HOST:PORT nor a network (got 'host:http'). Write it as 127.0.0.1:8000.",
        ),
        ("h:99999", "--allow-private: neither HOST:PORT nor a network (got 'h:99999'). Write it as 127.0.0.1:8000."),
        ("10.0.0.1/8", "--allow-private: not a network (10.0.0.1/8 has host bits set). Write it as 10.0.0.0/8."),
    ],
)
def test_what_is_no_place_is_refused(text, message):
    with pytest.raises(UserError) as error:
        read_exemption(text)
    assert str(error.value) == message
