"""Free TCP ports that stay free until the test binds them."""
import random
import socket

# Below what the kernel hands to clients (ip_local_port_range): an outgoing connection of some other
# program cannot take a port between the choice and the bind.
PORTS = range(12_000, 32_000)
reservations = []


def free_port():
    """A port that no other test run on this machine is given while this process lives."""
    for port in random.SystemRandom().sample(PORTS, 100):
        # A name in the abstract space needs no file and goes with its process.
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0tripgate-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        reservations.append(name)
        return port
    raise AssertionError("no TCP port is free")
