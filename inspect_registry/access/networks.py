"""Who asks, as far as an address tells: the network that one subscriber or one guesser has for itself."""

import ipaddress

_IPV4_BITS, _IPV6_BITS = 24, 64


def network_of(address: str) -> str:
    """Return the /24 or /64 that an address lies in; an IPv4 address in IPv6 form is the IPv4 address.

    What is no address at all is one network, `unknown`.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    bits = _IPV4_BITS if parsed.version == 4 else _IPV6_BITS
    return str(ipaddress.ip_network((parsed, bits), strict=False))
