"""Front ends, outbox and command line: everything that touches the network or the clock."""
