#!/bin/sh
# Puts the image's version of the package into n8n's folder, which mostly is a volume, and makes the folder in which
# workflows may read and write files. Then n8n starts as it always does.
set -eu
image=/opt/guichet/n8n-nodes-guichet
nodes="${N8N_USER_FOLDER:-$HOME}/.n8n/nodes/node_modules"
installed="$nodes/n8n-nodes-guichet"
mkdir -p "$nodes" "$HOME/.n8n-files"
# Several processes may share the volume: what is right already is left alone. The digest is the tarball's, so that
# the same version built anew counts as another one.
if ! cmp -s "$image/.tarball" "$installed/.tarball"; then
	new=$(mktemp -d "$nodes/.guichet-XXXXXX")
	cp -R "$image/." "$new"
	chmod 755 "$new"
	rm -rf "$installed"
	mv "$new" "$installed"
fi
# The language of the forms, such as fr.
node "$installed/dist/language.js" "${GUICHET_LANGUAGE:-en}"
exec /docker-entrypoint.sh "$@"
