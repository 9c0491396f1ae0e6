"""Jobs in the database, and the thread that carries them out."""
