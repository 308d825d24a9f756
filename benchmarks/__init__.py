"""How fast Routebook is, side by side with others on the same machine in the same minutes."""
