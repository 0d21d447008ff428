#!/usr/bin/env bash
# Compares the contract with that of main (on main itself: of the commit before) and fails on changes that break clients.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

base=
for candidate in origin/main main HEAD~1; do
  commit=$(git rev-parse --quiet --verify "$candidate^{commit}") || continue
  [[ $commit == "$(git rev-parse HEAD)" ]] || { base=$commit; break; }
done
if [[ -z $base ]] || ! git cat-file -e "$base:proto/routefleet" 2>/dev/null; then
  echo 'there is no earlier contract to compare with'
  exit
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git archive "$base" buf.yaml proto | tar -x -C "$scratch"
mkdir -p "$scratch/node_modules/google-proto-files/google"
cp -r node_modules/google-proto-files/google/rpc "$scratch/node_modules/google-proto-files/google/"
(cd "$scratch" && buf build --path proto/routefleet -o before.binpb)
buf build --path proto/routefleet -o "$scratch/after.binpb"
buf breaking "$scratch/after.binpb" --against "$scratch/before.binpb" --config '{"version":"v2","breaking":{"use":["FILE"]}}'
echo "nothing breaks clients of ${base:0:12}"
