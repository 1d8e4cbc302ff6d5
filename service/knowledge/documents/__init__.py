"""The texts a union brings: laws, rules and policies by article and version, and what they change."""
