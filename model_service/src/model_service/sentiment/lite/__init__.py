"""A small linear classifier of headlines that ships with the repository; needs no download."""
