#!/usr/bin/env bash
# Installs the Debian packages that the deeper suites need.
set -euo pipefail

packages=(
  gcc libc6-dev iproute2 iputils-ping procps # kernel rig and namespaces
  gcc-mingw-w64-x86-64                       # the headers of Windows
  wine wine64 wine64-tools libwine-dev       # a real node.exe
  wixl msitools osslsigncode openssl         # installers of Windows, and signatures
  protobuf-compiler protobuf-compiler-grpc python3-grpcio # a gRPC peer written by others
)
missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo 'all installed'
  exit
fi
sudo=
((EUID == 0)) || sudo=sudo
$sudo apt-get -qq update
DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
echo "installed ${missing[*]}"
