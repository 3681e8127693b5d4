"""The images and the compose file for real: built, started, used, killed and stopped."""
