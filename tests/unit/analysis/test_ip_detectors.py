import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.value_finding import values
from wct_domain.analysis.detectors.ipv4 import IPV4
from wct_domain.analysis.detectors.ipv6 import IPV6


def _is_a_devices(address: ipaddress.IPv4Address) -> bool:
    """What counts, as the standard library puts it."""
    nobodys = address.is_multicast or address.is_loopback or address.packed[0] >= 240
    return not (nobodys or address.packed[0] == 0 or address.packed[2:] == b"\0\0")


_v4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)


@given(
    _v4.filter(_is_a_devices).map(str),
    st.sampled_from(["{}", "[{}]", "{}:80", "{}, x", "{}/32"]),
)
def test_every_ipv4_address_of_a_device_is_found(address: str, around: str) -> None:
    assert values(IPV4, around.format(address)) == [address]


@given(_v4.filter(lambda each: not _is_a_devices(each)).map(str))
def test_no_other_ipv4_address_is_found(address: str) -> None:
    assert values(IPV4, f"ip {address}") == []


@given(_v4, st.integers(1, 32))
def test_an_ipv4_address_with_a_prefix_is_found_unless_it_is_the_network_itself(
    address: ipaddress.IPv4Address, prefix: int
) -> None:
    network = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    a_host = network.network_address != address or prefix == 32
    expected = [str(address)] if a_host and _is_a_devices(address) else []

    assert values(IPV4, f"ip {address}/{prefix}") == expected


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("from 192.0.2.1.", "192.0.2.1"),
        ("192.0.2.7/24", "192.0.2.7"),
        ("anonymised to 192.0.2.0", "192.0.2.0"),
        ("http://192.0.2.1/index", "192.0.2.1"),
        ("web/10.0.0.1:2181", "10.0.0.1"),
        ("link-local 169.254.7.9", "169.254.7.9"),
        ("/api/hosts/10.0.0.1", "10.0.0.1"),
        ("ip=10.0.0.1;", "10.0.0.1"),
        ("IP version 4 address 10.0.0.1", "10.0.0.1"),
        ("web server 10.0.0.1", "10.0.0.1"),
        ("10.0.0.1@eth0", "10.0.0.1"),
    ],
)
def test_an_ipv4_address_is_found_without_what_surrounds_it(
    text: str, address: str
) -> None:
    assert values(IPV4, text) == [address]


def test_both_ends_of_a_range_are_found() -> None:
    assert values(IPV4, "10.0.0.1-10.0.0.9") == ["10.0.0.1", "10.0.0.9"]


@pytest.mark.parametrize(
    "text",
    [
        *("1.2.3.4.5", "1.3.6.1.4.1.311", "256.1.1.1", "1.1.1.256", "01.2.3.4"),
        *("1.2.3", "1.2.3.", "v1.2.3.4", "V1.2.3.4", "package-1.2.3.4.tar.gz"),
        *("package-1.2.3.4", "lib_1.2.3.4", "1.2.3.4-SNAPSHOT", "1.2.3.4b"),
        *("Browser/120.0.0.0", '"Browser/120.0.0.0"', "version 1.2.3.4"),
        *('"version": "1.2.3.4"', "Version=1.2.3.4", "AssemblyVersion(1.0.0.0)"),
        *("<Version>1.2.3.4</Version>", "firmware 2.0.1.7", "release: 10.0.0.1"),
        *(">=1.2.3.4", ">= 1.2.3.4", "~=1.2.3.4", "^1.2.3.4", '"~1.2.3.4"'),
        *("see section 4.1.2.3", "§ 4.1.2.3", "4.3.2.10.in-addr.arpa", "22.11.2026"),
    ],
)
def test_versions_and_longer_numbers_are_no_ipv4_addresses(text: str) -> None:
    assert values(IPV4, text) == []


def _address(prefix: int, rest: int) -> ipaddress.IPv6Address:
    return ipaddress.IPv6Address((prefix << 112) | rest)


_in_use = st.builds(
    _address,
    st.sampled_from([0x2001, 0x2A02, 0x3FFE, 0xFD12, 0xFE80]),
    st.integers(0, 2**112 - 1) | st.integers(0, 2**16 - 1),
)


@given(_in_use, st.sampled_from(["{}", "[{}]", "addr: {} /64", "ip={},", "{}."]))
def test_every_ipv6_address_in_use_is_found_short_and_long(
    address: ipaddress.IPv6Address, around: str
) -> None:
    for written in (address.compressed, address.exploded, address.compressed.upper()):
        assert values(IPV6, around.format(written)) == [written]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::192.0.2.33"),
        ("0:0:0:0:0:FFFF:129.144.52.38", "0:0:0:0:0:FFFF:129.144.52.38"),
        ("http://[fd00::1]:8080/", "fd00::1"),
        ("fd00::1/64", "fd00::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("IPv6:2001:db8::1", "2001:db8::1"),
        ("addr:2001:db8::1", "2001:db8::1"),
        ("src=2001:db8::1 dst", "2001:db8::1"),
        ("2001:db8::", "2001:db8::"),
        ("at 2001:db8::1: refused", "2001:db8::1"),
    ],
)
def test_an_ipv6_address_is_found_without_what_surrounds_it(
    text: str, address: str
) -> None:
    assert values(IPV6, text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        *("10:11:12", "12:34:56:78", "2026-11-22T10:11:12Z", "00:1a:2b:3c:4d:5e"),
        *("00:1a:2b:ff:fe:3c:4d:5e", "std::cout", "a::b", "abc::def", "Foo::bar()"),
        *("::", "items[::1]", "items[::2]", "items[1::2]", "items[2001::5]"),
        *("1:2:3:4:5:6:7:8:9", "2001:db8::1::2", "2001:db8:1", "2001:db8::12345"),
        *("43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8", "::ffff:1.2.3.256"),
        *("::1", "http://[::1]:80/", "0:0:0:0:0:0:0:1", "0000::0001", "ff02::1"),
        *("2001:db8::/32", "fe80::/10", "FF02::2"),
        *("key:value:dead:beef", "0:1", "2001:db8::xyz"),
    ],
)
def test_times_identifiers_and_scopes_are_no_ipv6_addresses(text: str) -> None:
    assert values(IPV6, text) == []


def test_a_long_run_of_colons_and_digits_is_read_only_as_far_as_an_address_goes() -> (
    None
):
    assert values(IPV6, "ab:" * 50_000) == []
    assert values(IPV6, ":" * 100_000) == []
