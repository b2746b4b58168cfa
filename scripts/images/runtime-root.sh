#!/bin/sh
# runtime-root.sh FOLDER: what Node needs of this system to run, and nothing else: no shell, no package manager.
# FOLDER.packages says which packages that is from, a name and a version per line.
set -eu
folder=$1
node=$(command -v node)

mkdir -p "$folder/app" "$folder/etc" "$folder/tmp" "$folder/usr/local/bin" "$folder/var/lib/dpkg/status.d"
chmod 1777 "$folder/tmp"
cp "$node" "$folder/usr/local/bin/node"

# Libraries of native packages ask for these by name, though all they do is in libc by now.
stubs='/lib(dl|m|pthread|resolv|rt|util)\.so\.[0-9]+$'
libraries=$({ ldd "$node" | grep -o '/[^ ]*'; dpkg -L libc6 | grep -E "$stubs"; } | sort -u)
for library in $libraries; do
  mkdir -p "$folder$(dirname "$library")"
  cp -L "$library" "$folder$library"
done

# Scanners find them here, as they do in distroless images.
for library in $libraries; do
  dpkg -S "*/$(basename "$library")" | cut -d: -f1
done | sort -u | while read -r package; do
  dpkg-query -s "$package" > "$folder/var/lib/dpkg/status.d/$package"
  dpkg-query -W -f '${Package} ${Version}\n' "$package"
done > "$folder.packages"
cp /etc/os-release "$folder/etc/os-release"

echo 'nonroot:x:65532:65532:nonroot:/app:/usr/sbin/nologin' > "$folder/etc/passwd"
echo 'nonroot:x:65532:' > "$folder/etc/group"
echo 'hosts: files dns' > "$folder/etc/nsswitch.conf"
find "$folder" -exec touch -h -d @0 {} +
