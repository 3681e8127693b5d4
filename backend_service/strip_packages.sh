#!/bin/sh
# Takes out of an environment what the gateway never reads: `sh strip_packages.sh ENVIRONMENT`.
# The sizes are those of the versions in constraints.txt.
set -eu
packages=$(echo "$1"/lib/python3.*/site-packages)

# Tests of the packages themselves (about 60 MB) and headers.
for package in numpy pandas pyarrow; do
    find "$packages/$package" -type d \( -name tests -o -name include \) -prune -exec rm -rf {} +
done
# Arrow's network protocol, plans of foreign query engines and datasets of many files (about 45 MB):
# one Parquet file is written from memory.
rm -f "$packages"/pyarrow/libarrow_flight.so* "$packages"/pyarrow/libarrow_substrait.so* \
    "$packages"/pyarrow/_flight.*.so "$packages"/pyarrow/_substrait.*.so
# Sources of compiled modules.
find "$packages" -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.h' -o -name '*.hpp' \
    -o -name '*.a' \) -delete
