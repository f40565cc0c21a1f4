"""The private server's settings: durable, closed, and with nothing personal in its log."""

import sys
from pathlib import Path

import psutil

from allpoints.store.server.account import Account
from allpoints.store.server.files import write_private

MEBIBYTE = 1 << 20
OURS = "allpoints.conf"

SETTINGS = {
    # only the socket in a private folder leads in; every role needs its password
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # an acknowledged write survives a power cut
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    # No statement, parameter or key value may reach the log. An error's own text can quote a value, so errors
    # go to their client alone (`log` ranks above `error` here); `terse` leaves out DETAIL and the query.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_duration": "off",
    "log_lock_waits": "off",
    "log_temp_files": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # shared memory in the data folder is cleared at each start: what a kill leaves in /dev/shm stays there
    "dynamic_shared_memory_type": "mmap",
    # a client that hangs or is gone must hold neither locks nor a connection
    "idle_in_transaction_session_timeout": "60s",
    "client_connection_check_interval": "10s" if sys.platform == "linux" else "0",
    # checks are short: compiling their plans costs more than it saves
    "jit": "off",
    "restart_after_crash": "on",
}


def default_shared_buffers() -> int:
    """Shared buffers in MiB: 256, or an eighth of the memory where that is less."""
    return int(min(256, max(16, psutil.virtual_memory().total // 8 // MEBIBYTE)))


def configure(cluster: Path, account: Account, *, shared_buffers: int) -> None:
    """Write the settings file anew, so that a cluster made by an older version gets today's settings."""
    settings = {**SETTINGS, "shared_buffers": f"{shared_buffers}MB"}
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    head = "# Written by Allpoints at each start; what is changed here is lost."
    write_private(cluster / OURS, "\n".join([head, *lines, ""]).encode(), account)


def close(cluster: Path, account: Account) -> None:
    """Make a fresh cluster include our settings and let nobody in without a password."""
    main = cluster / "postgresql.conf"
    write_private(main, main.read_bytes() + f"\ninclude '{OURS}'\n".encode(), account)
    write_private(cluster / "pg_hba.conf", b"local all all scram-sha-256\n", account)
