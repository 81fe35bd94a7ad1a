#!/bin/sh
# Finds a Chromium for the browser tests, or installs one with the system's
# package manager. Prints where it is. Set CHROME_PATH to use one of your own.
# With --find it only looks, and prints nothing but the path.
set -u

find_browser() {
    if [ -n "${CHROME_PATH:-}" ] && [ -x "$CHROME_PATH" ]; then
        echo "$CHROME_PATH"
        return 0
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
        if [ -x "/usr/bin/$name" ]; then
            echo "/usr/bin/$name"
            return 0
        fi
    done
    # macOS keeps programs in bundles, not on the PATH
    for app in "Google Chrome" Chromium; do
        if [ -x "/Applications/$app.app/Contents/MacOS/$app" ]; then
            echo "/Applications/$app.app/Contents/MacOS/$app"
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null; then
        sudo "$@"
    else
        "$@"
    fi
}

# Noto CJK comes along: without a Korean font the pages are measured as empty boxes.
install_browser() {
    if command -v apt-get >/dev/null; then
        as_root apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk
    elif command -v dnf >/dev/null; then
        as_root dnf install -y -q chromium google-noto-sans-cjk-fonts
    elif command -v apk >/dev/null; then
        as_root apk add --quiet chromium font-noto-cjk
    elif command -v pacman >/dev/null; then
        as_root pacman -Sy --noconfirm chromium noto-fonts-cjk
    elif command -v brew >/dev/null; then
        brew install --quiet --cask chromium
    else
        return 1
    fi
}

if [ -n "${CHROME_PATH:-}" ] && [ ! -x "$CHROME_PATH" ]; then
    echo "CHROME_PATH names $CHROME_PATH, which is not an executable file." >&2
    exit 1
fi
if [ "${1:-}" = "--find" ]; then
    find_browser
    exit
fi
if ! browser=$(find_browser); then
    echo "No Chromium found: installing one (and a Korean font) with the system's package manager."
    install_browser >&2
    if ! browser=$(find_browser); then
        echo "Chromium could not be installed. Install it by hand, or set CHROME_PATH to a Chromium or Chrome." >&2
        exit 1
    fi
fi
echo "Browser for the tests: $browser"
