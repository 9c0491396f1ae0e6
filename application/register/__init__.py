"""The register of contracts, asked without replay: pages of it, and one practice on one day for a claim."""
