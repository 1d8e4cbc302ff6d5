"""Activities one signs up for, and consultation slots one books."""
