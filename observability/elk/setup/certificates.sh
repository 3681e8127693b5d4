#!/usr/bin/env bash
# Makes the certificate that Elasticsearch shows, and the authority that its clients trust. Run
# again, it keeps what is there. The authority's key is thrown away: nothing else is to be signed
# by it. Certificates last three years; without the volumes elk-certificates and elk-authority the
# next start makes new ones.
set -euo pipefail
umask 027

PROGRAM=elk-certificates
# shellcheck source=passwords.sh
source "$(dirname "${BASH_SOURCE[0]}")/passwords.sh"

CERTUTIL="${CERTUTIL:-/usr/share/elasticsearch/bin/elasticsearch-certutil}"
CERTIFICATES="${CERTIFICATES:-/usr/share/elasticsearch/data}"
AUTHORITY="${AUTHORITY:-/usr/share/elasticsearch/logs}"
DAYS=1095

check_passwords

if [ -s "${CERTIFICATES}/elasticsearch.crt" ] && [ -s "${CERTIFICATES}/elasticsearch.key" ] &&
    [ -s "${CERTIFICATES}/ca.crt" ] && cmp -s "${CERTIFICATES}/ca.crt" "${AUTHORITY}/ca.crt"; then
    echo "${PROGRAM}: the certificate is there already."
    exit 0
fi

work="$(mktemp -d)" || fail "there is no room for temporary files."
trap 'rm -rf "${work}"' EXIT

"${CERTUTIL}" ca --silent --pem --days "${DAYS}" --out "${work}/ca.zip" ||
    fail "elasticsearch-certutil could not make an authority."
unzip -q "${work}/ca.zip" -d "${work}" || fail "the authority could not be unpacked."
"${CERTUTIL}" cert --silent --pem --days "${DAYS}" --name elasticsearch \
    --dns elasticsearch,localhost --ip 127.0.0.1 \
    --ca-cert "${work}/ca/ca.crt" --ca-key "${work}/ca/ca.key" --out "${work}/elasticsearch.zip" ||
    fail "elasticsearch-certutil could not make a certificate."
unzip -q "${work}/elasticsearch.zip" -d "${work}" || fail "the certificate could not be unpacked."

# The authority last, and by its name of the end: it says that all the rest is there.
chmod 0644 "${work}/ca/ca.crt"
chmod 0640 "${work}/elasticsearch/elasticsearch.key"
cp "${work}/elasticsearch/elasticsearch.key" "${work}/elasticsearch/elasticsearch.crt" \
    "${work}/ca/ca.crt" "${CERTIFICATES}/" || fail "the volume elk-certificates cannot be written."
cp "${work}/ca/ca.crt" "${AUTHORITY}/ca.crt.new" && mv "${AUTHORITY}/ca.crt.new" "${AUTHORITY}/ca.crt" ||
    fail "the volume elk-authority cannot be written."
echo "${PROGRAM}: made a certificate for elasticsearch and localhost, good for ${DAYS} days."
