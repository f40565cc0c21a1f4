"""A node comes up on a database of its own, as a role that owns nothing, and speaks to its hub."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from allpoints.bureau.node import Node
from allpoints.bureau.settings import BureauSettings, HubLine
from allpoints.errors import InvalidValue


async def test_the_node_asks_its_hub_and_knows_that_the_line_is_up(node: Node) -> None:
    assert (await node.hubs.as_node().about()).name == "hub.test"
    [line] = node.hubs.states
    assert line.up


def test_the_nodes_role_owns_nothing_and_cannot_change_the_trail(node: Node) -> None:
    with psycopg.connect(node.settings.database_url) as owner:
        role = owner.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = 'allpoints_alb'"
        ).fetchone()
        owned = owner.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = 'allpoints_alb'::regrole"
        ).fetchone()
        may = owner.execute(
            "SELECT has_table_privilege('allpoints_alb', 'bureau.trail', p) FROM unnest(%s::text[]) p",
            [["INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE"]],
        ).fetchall()
    assert role == (False, False, False, False)
    assert owned == (0,)
    assert [allowed for (allowed,) in may] == [True, True, False, False, False]


async def test_a_second_node_on_the_same_server_cannot_read_the_first_ones_database(
    node: Node, other_node: Node
) -> None:
    where = conninfo_to_dict(node.settings.database_url)
    password = other_node.vault.password("application of the database")
    with (
        psycopg.connect(**(where | {"user": "allpoints_fra", "password": password})) as intruder,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        intruder.execute("SELECT * FROM bureau.people")


def test_an_act_that_there_is_not_cannot_be_governed(node: Node, tmp_path) -> None:
    settings = BureauSettings(
        data=tmp_path,
        code="ALB",
        hubs=(HubLine(name="hub", url="http://127.0.0.1:9"),),
        database_url=node.settings.database_url,
        four_eyes=("change-people", "drink-coffee"),
    )
    with pytest.raises(InvalidValue, match="drink-coffee"):
        Node(settings, node.vault)
