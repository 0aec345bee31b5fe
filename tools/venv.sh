# Sourced by the other tools: `use_venv EXTRA` goes to the root of the repo and sees to it that .venv
# there has srcad and its EXTRA (test, examples). Nothing is done when it already has.

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

find_python() {
    local python
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$python"
            return
        fi
    done
    die "needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv); set PYTHON to name one"
}

use_venv() {
    local extra=$1 log stamp wanted python
    cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
    export PATH="$PWD/.venv/bin:$PATH"
    # Compiled adjoints are kept between runs, in the repo and out of the user's own cache.
    export SRCAD_CACHE_DIR="${SRCAD_CACHE_DIR:-$PWD/.cache/srcad}"

    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || exit 1
        echo "making .venv with $("$python" --version)"
        "$python" -m venv --clear .venv || die "could not make .venv"
    fi

    # The stamp says what was installed, from which pyproject.toml, at which place.
    stamp=.venv/srcad-$extra
    wanted="$PWD $(cksum <pyproject.toml)"
    if [[ ! -f $stamp || $(<"$stamp") != "$wanted" ]]; then
        echo "installing srcad[$extra] into .venv"
        log=.venv/pip-$extra.log
        if ! .venv/bin/python -m pip install --disable-pip-version-check -e ".[$extra]" >"$log" 2>&1; then
            cat "$log" >&2
            die "pip could not install srcad[$extra]"
        fi
        printf '%s' "$wanted" >"$stamp"
    fi
}
