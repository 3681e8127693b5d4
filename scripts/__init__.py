"""What set-up, start, test and checks run; none of it is part of a service."""
