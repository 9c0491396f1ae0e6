"""The log of facts on SQLite and PostgreSQL, and the ``eventsourcing`` library's recorder on the same table.

A map, from the outside in:

* ``recorder``  ``LogRecorder``: one object that is both our ``EventLog`` port and the library's ``ProcessRecorder``;
  ``open_log`` makes one for a database URL.
* ``factory``   ``LogFactory``: the library's infrastructure factory around an existing recorder.
* ``horizon``   what a question may know, so that the same question gives the same answer for ever.
* ``database``  what the two databases must do for the recorder; ``sqlite`` and ``postgres`` do it.
* ``subscription``  waking up readers of the log.
* ``tracking``  the cursor of a reader, moved by compare-and-set in the transaction of what it wrote.
* ``engine``    the SQLAlchemy engine and how its connections are set up.
* ``schema``    upgrade and check of the schema; the steps stand in ``infrastructure.migrations``.
* ``errors``    a driver's error, said in one line that tells what to do.

Positions begin at 1 and have no gaps. A commit has one ``recorded_at``, later than that of the commit before.
"""
