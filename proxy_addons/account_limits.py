"""Only the school's own accounts sign in: the provider is told which those are.

Fails to what the client sent being taken off: a header of its own making never stands.
"""

from __future__ import annotations

from typing import Final

from mitmproxy import http

from appliance.policy.limits import GOOGLE, MICROSOFT_PERSONAL, AccountLimit, limit_on
from appliance.policy.names import within
from proxy_addons.gate import Gate, passage_of

TENANTS: Final = "Restrict-Access-To-Tenants"
DIRECTORY: Final = "Restrict-Access-Context"
PERSONAL: Final = "sec-Restrict-Tenant-Access-Policy"
WORKSPACE: Final = "X-GoogApps-Allowed-Domains"
OURS: Final = (TENANTS, DIRECTORY, PERSONAL, WORKSPACE)


class AccountLimits:
    """Sets the headers by which Microsoft 365 and Google Workspace limit accounts."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Say on a request that was let through which accounts may sign in."""
        passage = passage_of(flow)
        if passage is None:
            return
        host, limits = passage.query.host, self._gate.contents.account_limits
        limit = limit_on(host, passage.query.client, limits)
        if limit is None:
            return
        for name in OURS:
            flow.request.headers.pop(name, None)
        for name, value in headers(limit, host):
            flow.request.headers[name] = value


def headers(limit: AccountLimit, host: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that carry a limit out on one of its hosts."""
    if limit.provider == GOOGLE:
        return ((WORKSPACE, ",".join(limit.allowed)),)
    if any(within(host, name) for name in MICROSOFT_PERSONAL):
        return ((PERSONAL, "restrict-msa"),)
    return (TENANTS, ",".join(limit.allowed)), (DIRECTORY, limit.directory)
