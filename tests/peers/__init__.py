"""The real programs that the tests talk to, each started on loopback and ended by its pid.

``tests.peers.fixtures`` is the pytest plugin with all the fixtures.
"""
