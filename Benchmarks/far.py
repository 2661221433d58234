"""Two network namespaces with a slow wire between them.

Packets of a TUN device in one come out of a TUN device in the other, each after half of the round trip, in order. Both
ends keep the kernel's own TCP: Nagle's algorithm and delayed acknowledgements behave as over a real distance, which
a relay in user space would hide.
"""
import collections
import contextlib
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
NEAR, FAR = "10.99.0.1", "10.99.0.2"


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def enter(namespace):
    check(LIBC.setns(namespace, CLONE_NEWNET), "setns")


def new_namespace(device, address):
    """Moves this thread into a new namespace with a TUN device; returns descriptors of both."""
    check(LIBC.unshare(CLONE_NEWNET), "unshare (are you root?)")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    for command in ["link set lo up", f"addr add {address}/30 dev {device}", f"link set {device} up txqueuelen 5000"]:
        subprocess.run(["ip", *command.split()], check=True)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC), tun


class Wire:
    """Carries the packets and counts turns: how often the near side sent data after the far side had."""

    def __init__(self, near, far, round_trip):
        self.ends, self.delay = (near, far), round_trip / 2
        self.turns, self.near_spoke_last = 0, False
        self.wake, self.stopper = os.pipe()
        self.thread = threading.Thread(target=self.carry)
        self.thread.start()

    def stop(self):
        os.close(self.stopper)
        self.thread.join()
        os.close(self.wake)

    def carry(self):
        queues = {end: collections.deque() for end in self.ends}
        while True:
            due = min((queue[0][0] for queue in queues.values() if queue), default=None)
            wait = None if due is None else max(0, due - time.monotonic())
            readable, _, _ = select.select([*self.ends, self.wake], [], [], wait)
            if self.wake in readable:
                return
            for source in readable:
                self.take(source, queues[self.other(source)])
            for sink, queue in queues.items():
                while queue and queue[0][0] <= time.monotonic():
                    os.write(sink, queue.popleft()[1])

    def other(self, end):
        return self.ends[1] if end == self.ends[0] else self.ends[0]

    def take(self, source, queue):
        with contextlib.suppress(BlockingIOError):
            while True:
                packet = os.read(source, 65536)
                self.count(source, packet)
                queue.append((time.monotonic() + self.delay, packet))

    def count(self, source, packet):
        if not carries_data(packet):
            return
        is_near = source == self.ends[0]
        self.turns += is_near and not self.near_spoke_last
        self.near_spoke_last = is_near


def carries_data(packet):
    """Whether it is IPv4 TCP with at least one byte of payload."""
    if packet[0] >> 4 != 4 or packet[9] != 6:
        return False
    header = (packet[0] & 15) * 4
    return int.from_bytes(packet[2:4], "big") > header + (packet[header + 12] >> 4) * 4


@contextlib.contextmanager
def distance(round_trip):
    """Leaves this process in the near namespace; gives the wire and the far namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    far_space, far = new_namespace("far", FAR)
    near_space, near = new_namespace("near", NEAR)
    wire = Wire(near, far, round_trip)
    try:
        yield wire, far_space
    finally:
        wire.stop()
        enter(home)
        for descriptor in (near, far, near_space, far_space, home):
            os.close(descriptor)
