"""Connections go to the address that was checked, under the name that was asked for."""

import socket
from dataclasses import replace

from hostile_server import HostileServer, Listening, reply

from toolchain.data.fetching.addresses import Exemption


def of(server, limits, host="pictures.test"):
    return replace(limits, private=(Exemption(host, server.port),))


def test_the_name_is_looked_up_once_and_stays_in_the_host_header(server, fetched, encoded, limits, names):
    names["pictures.test"] = [["127.0.0.1"], ["10.0.0.1"]]  # the second answer, if it were asked for, leads elsewhere
    server.answers["/a"] = reply(200, encoded())
    (row,) = fetched({"urls": [server.url("/a", "pictures.test")]}, limits=of(server, limits))
    assert row.status == "ok"
    assert names["asked"] == ["pictures.test"]
    (headers,) = server.headers
    assert headers["host"] == f"pictures.test:{server.port}"
    assert headers["user-agent"].startswith("rct")
    assert headers["accept-encoding"] == "identity"


def test_a_public_name_with_a_private_address_is_refused(server, fetched, limits, names):
    names["pictures.test"] = [["127.0.0.1"]]
    (row,) = fetched({"urls": [server.url("/a", "pictures.test")]}, limits=replace(limits, private=()))
    assert (row.status, row.detail) == ("private address", "pictures.test is 127.0.0.1")
    assert not server.visits


def test_the_next_address_of_a_host_is_tried_when_the_first_does_not_answer(server, fetched, encoded, limits, names):
    names["pictures.test"] = [["127.0.0.2", "127.0.0.1"]]  # the server listens on the second alone
    server.answers["/a"] = reply(200, encoded())
    (row,) = fetched({"urls": [server.url("/a", "pictures.test")]}, limits=of(server, limits))
    assert row.status == "ok"


def test_a_refused_connection_and_an_unknown_host_have_their_words(fetched, limits, names, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    rows = fetched(
        {"urls": [f"http://127.0.0.1:{port}/"]},
        {"urls": ["http://no-such-host.invalid/"]},
        {"urls": [f"http://{'a' * 64}.com/"]},
        {"urls": []},
        limits=replace(limits, private=(Exemption("127.0.0.1", port),)),
    )
    assert [row.status for row in rows] == ["no connection", "host not found", "host not found", "no address"]


def test_proxies_and_cookies_are_not_used(server, fetched, encoded, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.answers |= dict.fromkeys(("/a", "/b"), reply(200, encoded(), Set_Cookie="id=1"))
    rows = fetched({"urls": [server.url("/a")]}, {"urls": [server.url("/b")]})
    assert [row.status for row in rows] == ["ok", "ok"]
    assert not any("cookie" in headers for headers in server.headers)


def test_a_certificate_must_be_one_for_the_name(fetched, encoded, limits, names, monkeypatch, certificate):
    names["pictures.test"] = names["other.test"] = [["127.0.0.1"]]
    asked = []
    certificate.context.sni_callback = lambda _wire, name, _context: asked.append(name)
    with Listening(HostileServer({"/a": reply(200, encoded())}), certificate.context) as server:
        places = tuple(Exemption(host, server.port) for host in ("pictures.test", "other.test"))
        items = [{"urls": [server.url("/a", host, "https")]} for host in ("pictures.test", "other.test")]
        unknown = fetched(*items, limits=replace(limits, private=places), folder="unknown")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        known = fetched(*items, limits=replace(limits, private=places), folder="known")
    assert [row.status for row in unknown] == ["bad certificate", "bad certificate"]
    assert [row.status for row in known] == ["ok", "bad certificate"]
    assert set(asked) == {"pictures.test", "other.test"}
