"""Certificates for tests of TLS, valid till 2126: two that sign themselves, and have nothing to do with each other."""

from __future__ import annotations

from pathlib import Path

OURS = """\
-----BEGIN CERTIFICATE-----
MIIBszCCAVigAwIBAgIUB4aTmG8WNpZoc7tcgUb78GSQOqAwCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSbW9ub2xpbmUgdGVzdCBvdXJzMCAXDTIwMDEwMTAwMDAwMFoY
DzIxMjYwMTAxMDAwMDAwWjAdMRswGQYDVQQDDBJtb25vbGluZSB0ZXN0IG91cnMw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARj+qb9Lu2cV+gA6TtoETYv/NLfWz/Y
eoF3vfDAlCh4voocogpeYbPohido6U4knoeSP7rFENIbYyqb0nCavJ9Zo3QwcjAd
BgNVHQ4EFgQUmz3uEsoF0+0weda4zOm8kB2B1KgwHwYDVR0jBBgwFoAUmz3uEsoF
0+0weda4zOm8kB2B1KgwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAoQw
DwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNJADBGAiEA9CXyDONuxmaBPPw0
v0tqueu40wReU74AtuKcrR+R224CIQCr0T0EUuit7GbT3lkVaX51t7bnoDkva8Bg
hnw0HD0O9Q==
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/+yd8OJ41+Yjjmd2
eDwq1Ven1PYWC9AfDxQSgR8AhB6hRANCAARj+qb9Lu2cV+gA6TtoETYv/NLfWz/Y
eoF3vfDAlCh4voocogpeYbPohido6U4knoeSP7rFENIbYyqb0nCavJ9Z
-----END PRIVATE KEY-----
"""
STRANGERS = """\
-----BEGIN CERTIFICATE-----
MIIBvDCCAWKgAwIBAgIUIGyorptiSqbSieTDc5K/Mq1Icw8wCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXbW9ub2xpbmUgdGVzdCBzdHJhbmdlcnMwIBcNMjAwMTAxMDAw
MDAwWhgPMjEyNjAxMDEwMDAwMDBaMCIxIDAeBgNVBAMMF21vbm9saW5lIHRlc3Qg
c3RyYW5nZXJzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEw7y8D0SpEFC3vyIb
bVCc/MMz5Upa3w0gYQCLR1UTMIp1IBJxSRSn+uMmHVoXuOlQR7OD99zlHZ7TsKMb
8rW7SaN0MHIwHQYDVR0OBBYEFIayPoCO1BrcNvY+KI1vcrQndyxoMB8GA1UdIwQY
MBaAFIayPoCO1BrcNvY+KI1vcrQndyxoMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0P
AQH/BAQDAgKEMA8GA1UdEQQIMAaHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIhAM3b
UPYhLYKgQUKaFR04fsb7RlN0Fm6c6XdLya5mdfPcAiAre4JjgnCVPHg4IxC/hnwm
GSGWoUz/nZtL+wg8ytByWw==
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVqYSadJMFq5ZAGDr
M41paQgrx1RQewpZoZz3+2GmpmqhRANCAATDvLwPRKkQULe/IhttUJz8wzPlSlrf
DSBhAItHVRMwinUgEnFJFKf64yYdWhe46VBHs4P33OUdntOwoxvytbtJ
-----END PRIVATE KEY-----
"""


def put_certificate(path: Path, text: str) -> str:
    """A file with a certificate and its key, which does for each of dask's options."""
    path.write_text(text)
    return str(path)
