"""An active scan (wapiti) of the running product, signed in as each role: ``make scan``.

It only ever aims at a server that it started itself, on loopback, within bounds of time.
"""
