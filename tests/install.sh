#!/usr/bin/env bash
# Puts what the tests need beside Python where they look for it: Chromium, a Chinese font, Java, Maven, Graphviz.
# Does nothing when they are there.
set -euo pipefail

have_browser() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
have_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

wanted=()
have_browser || wanted+=(chromium)
have_font || wanted+=(fontconfig fonts-noto-cjk)
command -v java >/dev/null || wanted+=(openjdk-17-jre-headless)
command -v mvn >/dev/null || wanted+=(maven)
command -v dot >/dev/null || wanted+=(graphviz)
[ ${#wanted[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "The tests need Chromium (or its path in CHROMIUM), a Chinese font, Java 17, Maven and Graphviz: install ${wanted[*]}." >&2
  exit 1
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing ${wanted[*]} (once) …" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null 2>&1 ||
  { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; }
