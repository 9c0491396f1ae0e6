"""One module per resource; each has a ``router``, which ``infrastructure.http.app`` includes."""
