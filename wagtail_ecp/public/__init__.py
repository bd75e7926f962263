"""What is fetched without a session: a signature or a secret in the address opens it."""
