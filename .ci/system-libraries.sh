#!/bin/sh
# What no wheel brings: the libraries that Qt's windows link to, and with --tests what the tests start.
# Installs what is missing where that is possible without asking (root or a password-less sudo, and apt-get),
# else names it. Always succeeds: what can be done without goes on.
set -eu

[ "$(uname -s)" = Linux ] || exit 0

libraries="
libEGL.so.1:libegl1              libGL.so.1:libgl1                libX11.so.6:libx11-6
libX11-xcb.so.1:libx11-xcb1      libdbus-1.so.3:libdbus-1-3       libfontconfig.so.1:libfontconfig1
libfreetype.so.6:libfreetype6    libglib-2.0.so.0:libglib2.0-0    libgthread-2.0.so.0:libglib2.0-0
libwayland-client.so.0:libwayland-client0                         libwayland-cursor.so.0:libwayland-cursor0
libxcb.so.1:libxcb1              libxcb-cursor.so.0:libxcb-cursor0
libxcb-glx.so.0:libxcb-glx0      libxcb-icccm.so.4:libxcb-icccm4  libxcb-image.so.0:libxcb-image0
libxcb-keysyms.so.1:libxcb-keysyms1                               libxcb-randr.so.0:libxcb-randr0
libxcb-render.so.0:libxcb-render0                                 libxcb-render-util.so.0:libxcb-render-util0
libxcb-shape.so.0:libxcb-shape0  libxcb-shm.so.0:libxcb-shm0      libxcb-sync.so.1:libxcb-sync1
libxcb-util.so.1:libxcb-util1    libxcb-xfixes.so.0:libxcb-xfixes0
libxcb-xkb.so.1:libxcb-xkb1      libxkbcommon.so.0:libxkbcommon0  libxkbcommon-x11.so.0:libxkbcommon-x11-0
libz.so.1:zlib1g                 libzstd.so.1:libzstd1
"
programs="pdftoppm:poppler-utils"
[ "${1:-}" != --tests ] || programs="$programs Xvfb:xvfb"

PATH=$PATH:/usr/sbin:/sbin
known=$(ldconfig -p 2>/dev/null || true)
missing=
packages=
need() { # NAME PACKAGE
    missing="$missing $1"
    case " $packages " in *" $2 "*) ;; *) packages="$packages $2" ;; esac
}
for entry in $libraries; do
    printf '%s\n' "$known" | grep -qF "	${entry%%:*} " || need "${entry%%:*}" "${entry#*:}"
done
for entry in $programs; do
    command -v "${entry%%:*}" >/dev/null || need "${entry%%:*}" "${entry#*:}"
done
[ -n "$missing" ] || exit 0

advice="Not on this system:$missing. Windows or tests may need them."
if ! command -v apt-get >/dev/null; then
    echo "$advice Please install them with your system's package manager." >&2
    exit 0
fi
command="apt-get install --yes --no-install-recommends$packages"
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "$advice Please install them with: sudo $command" >&2
        exit 0
    fi
    as_root="sudo -n"
fi
echo "Installing system libraries:$packages"
log=$(mktemp)
# One list of a third party that cannot be renewed need not matter for these packages.
if ! { $as_root apt-get update -qq || true; $as_root env DEBIAN_FRONTEND=noninteractive $command -qq \
    -o DPkg::Lock::Timeout=120; } >"$log" 2>&1 </dev/null; then
    tail -n 3 "$log" >&2
    echo "$advice Please install them with: ${as_root:+sudo }$command" >&2
fi
rm -f "$log"
