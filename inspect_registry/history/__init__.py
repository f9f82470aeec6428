"""What has been inspected: the facts that plans, caps and lists ask for."""
