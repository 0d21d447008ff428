#!/usr/bin/env bash
# Builds the package and checks what a user of it would get: exports, types, bins.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

rm -rf dist
npm run --silent build
publint --strict
attw --pack . --profile esm-only
node dist/programs/routefleet.mjs --version
node dist/programs/routefleet-agent.mjs --version
