"""HTTP routes: thin views over the service."""
