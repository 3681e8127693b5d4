"""What is measured against other programs, and how fast this machine could be."""
