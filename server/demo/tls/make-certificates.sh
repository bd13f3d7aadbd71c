#!/bin/sh
# Writes the demo's CA and server certificate beside this file. The CA's key is thrown away.
# Both are valid from 2020 on, so that a machine with a late clock still accepts them.
set -eu
cd "$(dirname "$0")"
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names="IP:127.0.0.1,DNS:localhost"
last=1
while [ "$last" -le 64 ]; do
  names="$names,IP:127.1.0.$last"
  last=$((last + 1))
done
cd "$work"
: > index.txt
cat > ca.conf <<CONF
[ca]
default_ca = demo
[demo]
new_certs_dir = .
database = index.txt
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
organizationName = supplied
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = $names
CONF
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
openssl req $key -subj "/O=Sluice demo only/CN=Sluice demo-only CA" -keyout ca.key -out ca.csr
openssl ca -batch -notext -config ca.conf -selfsign -extensions authority -keyfile ca.key \
  -startdate 20200101000000Z -enddate 21260101000000Z -in ca.csr -out demo-only-ca.pem
openssl req $key -subj "/O=Sluice demo only/CN=demo" -keyout demo-only-server.key -out server.csr
openssl ca -batch -notext -config ca.conf -extensions server -cert demo-only-ca.pem -keyfile ca.key \
  -startdate 20200101000000Z -enddate 21260101000000Z -in server.csr -out demo-only-server.pem
cp demo-only-ca.pem demo-only-server.pem demo-only-server.key "$here/"
