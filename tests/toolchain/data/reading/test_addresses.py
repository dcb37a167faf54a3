"""What is an address, and whose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.reading.addresses import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example/x.jpg", "a.example"),
        ("http://a.example:8080/x", "a.example"),
        ("http://[::1]/x", "::1"),
        ("https://bücher.example/ü.jpg", "bücher.example"),
        ("ftp://a.example/x", ""),
        ("a.example/x", ""),
        ("http:///x", ""),
        ("http://a.example:99999/x", ""),
        ("http://a.example:0/x", ""),
        ("http://[::1/x", ""),
        ("http://a.example/x y", ""),
        ("http://a.example/x\ty", ""),
        ("http://a.example/\u202ex", ""),
        ("", ""),
    ],
)
def test_the_host(url, host):
    assert host_of(url) == host


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_host_or_none(text):
    assert isinstance(host_of(f"http://{text}"), str)
