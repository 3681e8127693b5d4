#!/bin/sh
# Print the path of a Python that Bellwether can be installed with, or say what is missing.
# PYTHON names one to take; otherwise the newest that TensorFlow has wheels for is taken.
usable='import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13): sys.exit(3)
try:
    import ensurepip, venv
except ImportError:
    sys.exit(4)
print(sys.executable)'

lacks_venv=
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    path=$("$candidate" -c "$usable" 2>/dev/null) && { echo "$path"; exit 0; }
    [ $? -eq 4 ] && lacks_venv=$candidate
done

if [ -n "$lacks_venv" ]; then
    echo "$lacks_venv cannot make virtual environments; install its venv module" \
        "(Debian, Ubuntu: apt install python3-venv)." >&2
else
    echo "Bellwether needs Python 3.11, 3.12 or 3.13, and found none" \
        "(looked at: ${PYTHON:-python3.13, python3.12, python3.11, python3, python})." \
        "Install one, or name it: PYTHON=/path/to/python3.12 make setup" >&2
fi
exit 1
