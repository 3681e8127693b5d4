"""Steps of the pipelines that are longer than a line of the Makefile; a laptop runs them too.

All of them read the environment, in which Jenkins has its parameters and `make` its variables, and
write below ``var/ci`` (``RESULTS`` names another folder). docs/pipelines.md has the whole.
"""
