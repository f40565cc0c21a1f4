import time
from collections.abc import Callable

from tests.cli.conftest import Run
from tests.corridors import contribution
from tests.hubs import RunningHub

Member = Callable[..., list[str]]


def test_a_phone_in_two_countries_files_is_shown_to_both(run: Run, member: Member, hub: RunningHub) -> None:
    phone = ("phone", f"+355672{time.time_ns() % 10**6:06}")
    records = {}
    for bureau in ("ALB", "ITA"):
        with hub.operator(bureau) as client:
            records[bureau] = client.contribute(contribution(phone)).id
    for own, other in (("ALB", "ITA"), ("ITA", "ALB")):
        who = member(own)
        deadline = time.monotonic() + 15
        while True:
            found = run("links", "--limit", 0, "--json", *who).lines
            links = [link for link in found if link["record"] == records[own]]
            if links or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        assert [(link["scheme"], link["other"]["record"]) for link in links] == [("phone", records[other])]
        assert other in run("links", "--limit", 0, *who).out
