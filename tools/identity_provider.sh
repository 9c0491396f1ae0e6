#!/usr/bin/env bash
# Fetch the identity provider of the tests, exactly as its lock says. Needs node 20 or later, and installs Debian's where
# there is none and this user may.
set -euo pipefail
cd "$(dirname "$0")/../tests/identity_provider"
if ! command -v npm > /dev/null; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
		echo "The tests of the API need node and npm: install them, then run make identity-provider." >&2
		exit 1
	fi
	apt-get install --yes --no-install-recommends nodejs npm > /dev/null
fi
npm ci --ignore-scripts --silent
