"""The provider: what registers say of a practice, and what one purchaser knows of it."""
