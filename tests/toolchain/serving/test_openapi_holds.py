"""The server keeps what its own OpenAPI document says, whatever it is sent: schemathesis."""

import pytest

pytest.importorskip("schemathesis")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_schemathesis_finds_nothing(serve, encode):
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
        unsupported_method,
    )

    good = [encode((200, 30, 0), form, (40, 30)) for form in ("PNG", "JPEG", "WEBP")]
    cut = st.builds(lambda content, at: content[:at], st.sampled_from(good), st.integers(0, 400))
    turned = st.builds(
        lambda content, at, byte: content[:at] + bytes([byte]) + content[at + 1 :],
        st.sampled_from(good),
        st.integers(0, 400),
        st.integers(0, 255),
    )
    bodies = st.one_of(st.sampled_from(good), cut, turned, st.binary(max_size=300))
    for kind in ("image/png", "image/jpeg", "image/webp"):
        schemathesis.openapi.media_type(kind, bodies)
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        unsupported_method,
    ]
    outcomes = set()
    with serve() as served:
        schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
        operations = [result.ok() for result in schema.get_all_operations()]
        for operation in operations:

            @seed(20_240)
            @settings(
                max_examples=150, deadline=None, database=None, derandomize=False,
                phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy())
            def ask(case):
                response = case.call()
                case.validate_response(response, checks=checks)
                outcomes.add((case.operation.path, response.status_code))

            ask()
    assert {path for path, _ in outcomes} == {"/v1/classify", "/healthz", "/readyz", "/metrics"}
    assert {code for path, code in outcomes if path == "/v1/classify"} >= {200, 415, 422}
