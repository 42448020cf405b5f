"""The proxy auto-configuration file: only what may need a closer look goes to the proxy.

Format: the FindProxyForURL function of Netscape's proxy auto-config, as every browser
reads it. There is no fall-back to DIRECT for those hosts: a proxy that is down closes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

CONTENT_TYPE = "application/x-ns-proxy-autoconfig"

_TEMPLATE = """\
// Bellgate: sites that the school's policy speaks of go through the school's proxy.
var suffixes = {suffixes};
function FindProxyForURL(url, host) {{
  host = host.toLowerCase().replace(/\\.$/, "");
  var rest = host;
  while (rest) {{
    if (suffixes.hasOwnProperty(rest)) return "PROXY {proxy}";
    var dot = rest.indexOf(".");
    rest = dot < 0 ? "" : rest.slice(dot + 1);
  }}
  return "DIRECT";
}}
"""


def pac(proxy: tuple[str, int], suffixes: Iterable[str]) -> str:
    """Return the file for a proxy and the canonical suffixes that it is asked for."""
    host, port = proxy
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    table = json.dumps(dict.fromkeys(sorted(set(suffixes)), 1), separators=(",", ":"))
    return _TEMPLATE.format(suffixes=table, proxy=where)
