#!/bin/sh
# Make .venv hold exactly what requirements.lock names, and nothing half done. Quick when it already does.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/findling-installed
marker=.venv/findling-installing
here=$(pwd -P)
wanted="$(cat .ci/bootstrap.lock requirements.lock | cksum) $here"
is_current() { [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; }

if is_current; then exit 0; fi

# Two runs at once must not install into one another.
if command -v flock >/dev/null; then
    exec 9<requirements.lock
    flock 9
    if is_current; then exit 0; fi
fi

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.13 python3.12 python3.11 python3.14 python3 python
fi
python=
problem="Findling needs Python 3.11 or newer and found none. Install one, or name it: make PYTHON=/path/to/python"
newest= # that is new enough but lacks what makes virtual environments
for candidate; do
    version=$("$candidate" -c 'import sys
print("%d.%d" % sys.version_info[:2]) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null) || continue
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        python=$candidate
        break
    fi
    if [ -z "$newest" ]; then
        newest=$version
        problem="$candidate cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python$version-venv"
    fi
done
if [ -z "$python" ]; then
    echo "$problem" >&2
    exit 1
fi

again=
if [ -e "$marker" ]; then again=--reinstall; fi # the last installation was interrupted
made_for=$(cat "$marker" "$stamp" 2>/dev/null | head -n 1)
made_for=${made_for#* * } # without the sum and its length
# The commands in .venv hold its full path, so a project that was moved needs a new one.
if [ "${made_for:-$here}" != "$here" ] \
    || ! { [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip'; } 2>/dev/null; then
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
rm -f "$stamp"
printf '%s\n' "$wanted" >"$marker"
echo "Installing the locked packages. The first time takes some minutes and about 7 GB of disk."
.venv/bin/python -m pip install --quiet --require-hashes -r .ci/bootstrap.lock
.venv/bin/python -m uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes \
    $again -r requirements.lock
rm -f "$marker"
printf '%s\n' "$wanted" >"$stamp"
echo "Installed. \`make run\` opens the window."
