#!/usr/bin/env bash
# Puts a Chromium and a Chinese font where the browser tests look for them. Does nothing when they are there.
set -euo pipefail

have_browser() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
have_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

wanted=()
have_browser || wanted+=(chromium)
have_font || wanted+=(fontconfig fonts-noto-cjk)
[ ${#wanted[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "The browser tests need Chromium and a Chinese font: install ${wanted[*]}, or name a browser in CHROMIUM." >&2
  exit 1
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing ${wanted[*]} (once) …" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null 2>&1 ||
  { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; }
