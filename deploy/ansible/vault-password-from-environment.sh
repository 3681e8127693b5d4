#!/bin/sh
# Ansible runs a file of passwords that is executable: no password is written anywhere. For
# pipelines, where the password is a bound credential: ANSIBLE_VAULT_PASSWORD_FILE names this file.
set -eu
printf '%s\n' "${VAULT_PASSWORD:?is the password of the vault}"
