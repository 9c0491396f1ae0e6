"""What a contracting round and a simulation record of themselves."""
