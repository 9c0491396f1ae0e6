"""The policy: one purchaser's rules for one contracting year, as a versioned document, and the rules that read it."""
