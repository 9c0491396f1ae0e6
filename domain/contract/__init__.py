"""The contract: one agreement sought between a purchaser and a practice for one care type and period.

``commands`` ask, ``decide`` answers with facts or a refusal, ``evolve`` folds facts into state and never refuses.
"""
