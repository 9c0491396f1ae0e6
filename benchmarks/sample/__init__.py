"""Logs of 10,000, 100,000 and 1,000,000 contracts of both purchasers, built once and kept in ``build/bench``.

* ``lives``       lives about 10,000 contracts through the use cases, with the policies' real rules
* ``aftermath``   what is entered and mended late: mail, corrections, terminations
* ``copies``      the same lives at other practices, until there are enough
* ``stores``      writes them straight into the log of an SQLite file or a PostgreSQL database
"""
