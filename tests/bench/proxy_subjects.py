"""The two proxies that the bench compares: Bellgate, and the same mitmproxy without it.

Run as a process: ``python -m tests.bench.proxy_subjects WHICH LISTEN ORIGIN DNS DIRECTORY``.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from mitmproxy import http, options, tls
from mitmproxy.addons import core, disable_h2c, next_layer, proxyserver, tlsconfig, update_alt_svc
from mitmproxy.master import Master

from appliance.attempts.spool import Spool
from appliance.policy.model import Action
from proxy_addons import run
from proxy_addons.settings import ProxySettings
from tests import builders
from tests.proxy_addons.world import Published, school

CA = "internet-ca.pem"


class PlainSteer:
    """The least that makes mitmproxy a steered proxy: an address by name, bodies streamed."""

    def __init__(self, origin: int) -> None:
        self._origin = origin

    async def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Send every name to the origin; x.com unread."""
        server = data.context.server
        server.address = ("127.0.0.1", self._origin)
        server.sni, server.tls = data.client_hello.sni, True
        data.ignore_connection = server.sni == "x.com"

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Stream, and answer what stands for a block."""
        if flow.request.path.startswith("/closed"):
            flow.response = http.Response.make(403, b"x" * 4000, {"content-type": "text/html"})
        else:
            flow.request.stream = True

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Stream."""
        if flow.response is not None:
            flow.response.stream = True


async def plain(listen: int, origin: int, directory: Path) -> None:
    """Run mitmproxy with the addons that it needs."""
    chosen = options.Options(
        mode=[f"reverse:http://steer.invalid:443@127.0.0.1:{listen}"],
        confdir=str(directory / "plain"),
    )
    master = Master(chosen, event_loop=asyncio.get_running_loop())
    master.addons.add(
        core.Core(), disable_h2c.DisableH2C(), proxyserver.Proxyserver(), next_layer.NextLayer(),
        tlsconfig.TlsConfig(), update_alt_svc.UpdateAltSvc(), PlainSteer(origin),
    )  # fmt: skip
    chosen.update(
        connection_strategy="lazy", keep_host_header=True, http2=False,
        ssl_verify_upstream_trusted_ca=str(directory / CA),
    )  # fmt: skip
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, master.shutdown)
    await master.run()


async def bellgate(listen: int, origin: int, dns: int, directory: Path) -> None:
    """Run the whole face: policy, spool and all."""
    settings = ProxySettings(
        data=directory / "bellgate", steered_https=(("127.0.0.1", listen),),
        upstreams=(("127.0.0.1", dns),), upstream_ca=directory / CA, https_port=origin,
        any_address=True,
    )  # fmt: skip
    spool = Spool(directory / "bellgate" / "spool", "proxy")
    task = asyncio.ensure_future(
        run.run(settings, Published(school("10:35", **_contents())), spool, lambda _: None)
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        pass  # told to end
    finally:
        spool.close()


def _contents() -> dict[str, object]:
    rules = (
        *builders.RULES,
        builders.rule("closed", "url:localhost/closed"),
        builders.rule("open", "host:localhost", Action.ALLOW),
    )
    return {"rules": rules, "steerable": ("localhost", "x.com")}


def main() -> None:
    """Run one of the two until SIGTERM."""
    which, directory = sys.argv[1], Path(sys.argv[5])
    listen, origin, dns = map(int, sys.argv[2:5])
    if which == "plain":
        asyncio.run(plain(listen, origin, directory))
    else:
        asyncio.run(bellgate(listen, origin, dns, directory))


if __name__ == "__main__":
    main()
