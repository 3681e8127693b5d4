#!/bin/sh
# Takes out of an environment what a service never reads: `sh strip_packages.sh ENVIRONMENT`.
# Packages that are not there are passed over; each Dockerfile imports its service afterwards, so
# that too much taken out fails the build. Sizes are those of the versions in constraints.txt.
set -eu
packages=$(echo "$1"/lib/python3.*/site-packages)

# Headers for those who compile against them (TensorFlow's are 287 MB).
rm -rf "$packages/tensorflow/include" "$packages/pyarrow/include"
# Parsers of C that TensorFlow asks for and no module of it imports (62 MB), and the algebra of
# onnxruntime's tools for transformers (86 MB).
rm -rf "$packages/clang" "$packages/sympy" "$packages/mpmath"
# Tests of the packages themselves (110 MB). h5py imports its own.
for package in numba numpy pandas pyarrow scipy; do
    [ -d "$packages/$package" ] || continue
    find "$packages/$package" -type d -name tests -prune -exec rm -rf {} +
done
# Arrow's network protocol and its own clients of buckets (50 MB): artefacts go through fsspec.
rm -f "$packages"/pyarrow/libarrow_flight.so* "$packages"/pyarrow/_flight.*.so \
    "$packages"/pyarrow/libarrow_s3.so* "$packages"/pyarrow/_s3fs.*.so
# A wheel holds no links, and so this library three times.
for copy in "$packages"/pyarrow/libarrow_python.so "$packages"/pyarrow/libarrow_python.so.????; do
    [ -e "$copy" ] && ln -sf "$(basename "$packages"/pyarrow/libarrow_python.so.*.*.*)" "$copy"
done
# Modules that packages bring for their own tests (5 MB).
rm -rf "$packages"/numpy/_core/_simd.*.so "$packages"/numpy/_core/_*_tests.*.so \
    "$packages/sqlalchemy/testing"
# Ways of reading XML that nothing here takes (3 MB).
rm -rf "$packages"/lxml/objectify.*.so "$packages/lxml/isoschematron"
# Sources of compiled modules, and what tells editors of types.
find "$packages" -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.pyi' \
    -o -name '*.c' -o -name '*.h' -o -name '*.hpp' -o -name '*.a' \) -delete
# Symbols for debuggers (curl_cffi 30 MB, pyarrow 21 MB, uvloop 11 MB, …). Libraries in folders
# *.libs were rewritten by auditwheel and do not survive it.
find "$packages" -type f -name '*.so*' -not -path '*.libs/*' -not -path '*/tensorflow/*' \
    -exec strip --strip-unneeded {} + 2>/dev/null || true
