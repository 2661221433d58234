"""A cold and a warm visit of a MariaDB partner behind a bastion far away, in round trips.

Each is measured at two distances: what grows with the distance are round trips, the rest is work.
"""
import contextlib
import shutil
import statistics
import subprocess
import sys
import time

import far
import servers

NEAR, FAR = 0.002, 0.042
COLD, WARM = 15, 60
DATABASES = ("one", "two")
SCHEMA = """
CREATE TABLE campaigns (id int PRIMARY KEY, name varchar(191), status varchar(191), deleted tinyint(1),
    createdAt datetime, KEY (createdAt));
CREATE TABLE calls (id int PRIMARY KEY, status varchar(191), endReason varchar(191), createdAt datetime,
    updatedAt datetime, contactId int, campaignId int, duration int, KEY (status), KEY (createdAt), KEY (updatedAt),
    KEY (campaignId, contactId));
CREATE TABLE _campaigntocontact (A int, B int, KEY (A, B));
CREATE TABLE settings (name varchar(191) PRIMARY KEY, value text);
CREATE TABLE settings_auditlogs (userid bigint, oldvalue text, newvalue text, createdat datetime);
INSERT INTO campaigns SELECT seq, concat('Campaign ', seq), 'RUNNING', 0, utc_timestamp() FROM seq_1_to_20;
INSERT INTO calls SELECT seq, elt(1 + seq % 4, 'QUEUED', 'INPROGRESS', 'ENDED', 'FAILED'), 'voicemail',
    utc_timestamp(), utc_timestamp(), seq % 500, 1 + seq % 20, 60 FROM seq_1_to_5000;
INSERT INTO _campaigntocontact SELECT 1 + seq % 20, seq % 500 FROM seq_1_to_2000;
INSERT INTO settings VALUES ('callConcurrency', '25');
"""


def measure():
    for program in ("sshd", "mariadbd", "mariadb-install-db", "ip"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    with far.distance(NEAR) as (wire, space), servers.directory() as home:
        with database(home, space), bastion(home, space) as (port, key), servers.jobtalk() as server:
            visitor = Visitor(server, wire, partner(port, key))
            near = visitor.series()
            wire.delay = FAR / 2
            visitor.visit()
            far_away = visitor.series()
    print(f"\n## A visit through a tunnel, {NEAR * 1000:.0f} and {FAR * 1000:.0f} ms away ({servers.machine()})\n")
    print("| visit | n | near | far | round trips | work | turns on the wire |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in near:
        report(name, near[name], far_away[name])


class Visitor:
    """Has one partner visited again and again."""

    def __init__(self, server, wire, body):
        self.server, self.wire = server, wire
        server.call("PUT", "/api/settings", {"refreshInterval": 3600})
        self.path = "/api/partners/" + server.call("POST", "/api/partners", body)["id"]
        self.last = None
        self.await_visit()

    def series(self):
        """Time and turns of each visit, by kind."""
        return {
            "cold, key login": [self.cold(number) for number in range(COLD)],
            "warm": [self.visit() for _ in range(WARM)],
        }

    def cold(self, number):
        """New connection data drops the warm connection."""
        self.server.call("PUT", self.path, {"dbName": DATABASES[(number + 1) % 2]})
        return self.visit()

    def visit(self):
        """Milliseconds that the reading took, and turns on the wire."""
        turns = self.wire.turns
        self.server.call("POST", self.path + "/force-sync")
        return self.await_visit(), self.wire.turns - turns

    def await_visit(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(servers.urllib.request.HTTPError):
                metrics = self.server.call("GET", self.path + "/metrics")
                if metrics["id"] != self.last:
                    self.last = metrics["id"]
                    return metrics["dataFetchTimeMs"]
            time.sleep(0.01)
        sys.exit(f"no visit: {self.server.call('GET', self.path)}")


def report(name, near, far_away):
    times = [statistics.median(time for time, _ in visits) for visits in (near, far_away)]
    turns = statistics.median(turns for _, turns in far_away)
    trips = (times[1] - times[0]) / ((FAR - NEAR) * 1000)
    work = times[0] - trips * NEAR * 1000
    print(f"| {name} | {len(near)} | {times[0]:.0f} ms | {times[1]:.0f} ms | {trips:.2f} | {work:.0f} ms | {turns:.0f} |")


def partner(port, key):
    return {
        "partnerName": "Far away", "dbHost": "127.0.0.1", "dbPort": 3306, "dbName": DATABASES[0],
        "dbUsername": "reader", "dbPassword": "reader",
        "sshConfig": {"enabled": True, "host": far.FAR, "port": port, "username": "root", "privateKey": key},
    }


@contextlib.contextmanager
def database(home, space):
    """MariaDB on the far side, on that side's own loopback only."""
    data, log = home / "data", home / "mariadb.log"
    install = ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}", "--skip-test-db",
               "--auth-root-authentication-method=normal"]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    command = ["mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={data}/socket",
               "--bind-address=127.0.0.1", "--port=3306", "--skip-name-resolve", f"--pid-file={data}/pid"]
    with servers.process(command, log, enter=lambda: far.enter(space)) as child:
        servers.wait_until(lambda: (data / "socket").exists(), child, log)
        sql = "CREATE USER reader@'%' IDENTIFIED BY 'reader'; GRANT ALL ON *.* TO reader@'%';"
        sql += "".join(f"CREATE DATABASE {name}; USE {name}; {SCHEMA}" for name in DATABASES)
        client = ["mariadb", "--no-defaults", f"--socket={data}/socket", "--user=root"]
        subprocess.run(client, check=True, input=sql, text=True)
        yield


@contextlib.contextmanager
def bastion(home, space):
    """sshd on the far side; lets a new key in as root, who needs no home or login of ours."""
    subprocess.run(["mkdir", "-p", "/run/sshd"], check=True)
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / name], check=True)
    port, log, config = 2222, home / "sshd.log", home / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress {far.FAR}\nHostKey {home}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"UseDNS no\nPermitRootLogin prohibit-password\nAuthorizedKeysFile {home}/key.pub\n")
    command = [shutil.which("sshd"), "-D", "-e", "-f", config]
    with servers.process(command, log, enter=lambda: far.enter(space)) as child:
        servers.wait_until(lambda: servers.answers(far.FAR, port), child, log)
        yield port, (home / "key").read_text()
