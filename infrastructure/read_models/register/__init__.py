"""The register: where every procedure stood and what held in law, on any day and with any knowledge, without replay.

* ``tables``     the three tables
* ``practices``  what the register of practices says that bears on contracts: memberships and codes of locations
* ``keeping``    a contract's rows as more is known of it
* ``writing``    the rows of a batch, in few statements
* ``model``      the read model that the runner keeps up
* ``lookups``    one practice and care type on one day, driver-level
* ``listing``    pages of the whole register
* ``checking``   whether the tables hold what they must
"""
