#!/bin/sh
# Takes out of an environment what serving never reads: `sh strip_packages.sh ENVIRONMENT`.
# The sizes are those of the versions in constraints.txt.
set -eu
packages=$(echo "$1"/lib/python3.*/site-packages)

# Headers for those who compile against TensorFlow and pyarrow (about 290 MB).
rm -rf "$packages/tensorflow/include" "$packages/pyarrow/include"
# Parsers of C that TensorFlow asks for and no module of it imports (about 60 MB), and the algebra
# that onnxruntime's tools for transformers use (about 85 MB).
rm -rf "$packages/clang" "$packages/sympy" "$packages/mpmath"
# Tests of the packages themselves (about 110 MB).
for package in h5py numba numpy pandas pyarrow scipy sympy tensorflow; do
    [ -d "$packages/$package" ] || continue
    find "$packages/$package" -type d -name tests -prune -exec rm -rf {} +
done
# Arrow's network protocol and plans of foreign query engines (about 40 MB); Parquet needs neither.
rm -f "$packages"/pyarrow/libarrow_flight.so* "$packages"/pyarrow/libarrow_substrait.so* \
    "$packages"/pyarrow/_flight.*.so "$packages"/pyarrow/_substrait.*.so
# Sources of compiled modules.
find "$packages" -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.h' -o -name '*.hpp' \
    -o -name '*.a' \) -delete
