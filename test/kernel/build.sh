#!/usr/bin/env bash
# Builds the kernel rig: build.sh <outdir> [--linux-only]
# Needs gcc; for the Wine build also winegcc and winebuild (Debian: wine64-tools libwine-dev).
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out_dir=${1:?usage: build.sh <outdir> [--linux-only]}
linux_only=${2:-}
[[ -z $linux_only || $linux_only == --linux-only ]] || { echo "build.sh: unknown option: $linux_only" >&2; exit 64; }
mkdir -p "$out_dir"
out_dir=$(cd "$out_dir" && pwd)
work_dir=$(mktemp -d)
trap 'rm -rf "$work_dir"' EXIT

flags=(-std=gnu11 -O2 -g -Wall -Wextra -Werror -fPIC -fvisibility=hidden -pthread)
common=(best-route classic faults if-rows interface-metric interface-names interfaces kernel-route links neighbours netlink
  notify notify-interfaces notify-routes route-index route-table route-write routes row-convert world)

# compile <kind> <flags…>: the common sources into $work_dir/<kind>
compile() {
  local kind=$1 name
  shift
  mkdir -p "$work_dir/$kind"
  for name in "${common[@]}"; do gcc "${flags[@]}" "$@" -c "$source_dir/$name.c" -o "$work_dir/$kind/$name.o"; done
}

# Built beside and moved into place, so that a test that loads it never sees half a file.
link_linux() {
  local kind=$1 library=$2
  shift 2
  compile "$kind" "$@"
  gcc "${flags[@]}" "$@" -c "$source_dir/platform-linux.c" -o "$work_dir/$kind/platform.o"
  gcc "${flags[@]}" "$@" -shared -Wl,-z,defs,-soname,"$library" "$work_dir/$kind"/*.o -o "$out_dir/.$library.$$"
  mv "$out_dir/.$library.$$" "$out_dir/$library"
  echo "built $out_dir/$library"
}

link_wine() {
  local name=iphlpapi_kernel.dll spec=$source_dir/iphlpapi_kernel.spec
  compile wine -DRIG_WINE
  winegcc -m64 -O2 -Wall -Wextra -Werror -fPIC -c "$source_dir/platform-wine.c" -o "$work_dir/wine/platform.o"
  mkdir -p "$out_dir/wine/x86_64-unix" "$out_dir/wine/x86_64-windows"
  winegcc -m64 -shared "$spec" "$work_dir/wine"/*.o -lpthread -o "$work_dir/$name.so"
  mv "$work_dir/$name.so" "$out_dir/wine/x86_64-unix/$name.so"
  winebuild --fake-module --dll -m64 -E "$spec" -F "$name" -o "$out_dir/wine/x86_64-windows/$name"
  echo "built $out_dir/wine/x86_64-unix/$name.so"
  echo "built $out_dir/wine/x86_64-windows/$name"
}

# -z defs does not go with the sanitizers, whose symbols come from the program; LD_PRELOAD="$(gcc -print-file-name=libasan.so)".
link_linux linux libiphlpapi-kernel.so
link_linux asan libiphlpapi-kernel-asan.so -fsanitize=address,undefined -fno-omit-frame-pointer -Wl,-z,undefs
gcc "${flags[@]}" -fsanitize=address,undefined -fno-omit-frame-pointer "$source_dir/stress.c" "$work_dir/asan"/*.o -o "$out_dir/stress-asan"
echo "built $out_dir/stress-asan"
if [[ -z $linux_only ]]; then link_wine; fi
