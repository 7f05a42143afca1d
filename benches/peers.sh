#!/usr/bin/env bash
# Runs billproof and the tools that people use instead over the same files, one after the other in the same run, and
# prints seconds a page and the ratio. Usage: benches/peers.sh [FILE or FOLDER ...]   (default: samples/)
#
# pdftotext -layout reads the text layer, tesseract recognises scans (--psm 4, one thread, the pages drawn at 300 dpi).
# Neither makes records of what it reads; billproof's time includes that. What is not installed is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- samples

cargo build --release --quiet
program=target/release/billproof
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

have() { command -v "$1" > /dev/null; }
seconds() { # of the command
    local start=$EPOCHREALTIME
    "$@" > /dev/null 2>&1 || true
    local end=$EPOCHREALTIME
    awk -v a="$start" -v b="$end" 'BEGIN { print b - a }'
}
add() { awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'; }
line() { # name, seconds, pages, seconds of billproof
    awk -v n="$1" -v s="$2" -v p="$3" -v o="$4" \
        'BEGIN { printf "  %-22s %8.4f s a page   %6.2f x billproof\n", n, s / p, (o > 0 ? s / o : 0) }'
}

for tool in pdftotext pdfinfo pdftoppm tesseract; do
    have "$tool" || echo "peers: $tool is not installed; what needs it is left out (apt-get install poppler-utils tesseract-ocr)"
done

digital=() scans=()
while IFS= read -r -d '' file; do
    case "${file,,}" in
        *.pdf)
            if ! have pdftotext; then continue; fi
            # A page of a scan has no text of its own.
            if [ "$(pdftotext "$file" - 2> /dev/null | tr -d '[:space:]' | wc -c)" -gt 100 ]; then digital+=("$file"); else scans+=("$file"); fi ;;
        *.png | *.jpg | *.jpeg | *.tif | *.tiff) scans+=("$file") ;;
    esac
done < <(find "$@" -type f -print0 | sort -z)

pages_of() {
    case "${1,,}" in *.pdf) pdfinfo "$1" 2> /dev/null | awk '/^Pages:/ { print $2 }' ;; *) echo 1 ;; esac
}

if [ ${#digital[@]} -gt 0 ] && have pdfinfo; then
    ours=0 theirs=0 pages=0
    for file in "${digital[@]}"; do
        pages=$((pages + $(pages_of "$file")))
        theirs=$(add "$theirs" "$(seconds pdftotext -layout "$file" -)")
        ours=$(add "$ours" "$(seconds "$program" -q extract --format csv "$file")")
    done
    echo "digital: ${#digital[@]} files, $pages pages, one process a file"
    line "billproof extract" "$ours" "$pages" "$ours"
    line "pdftotext -layout" "$theirs" "$pages" "$ours"
fi

if [ ${#scans[@]} -gt 0 ] && have tesseract && have pdftoppm && have pdfinfo; then
    ours=0 theirs=0 pages=0
    for file in "${scans[@]}"; do
        pages=$((pages + $(pages_of "$file")))
        rm -f "$work"/*
        case "${file,,}" in *.pdf) pdftoppm -r 300 -gray -png "$file" "$work/page" ;; *) cp "$file" "$work/page.${file##*.}" ;; esac
        for page in "$work"/page*; do
            theirs=$(add "$theirs" "$(OMP_THREAD_LIMIT=1 seconds tesseract "$page" - --psm 4)")
        done
        ours=$(add "$ours" "$(seconds "$program" -q extract --no-cache --format csv "$file")")
    done
    echo "scans: ${#scans[@]} files, $pages pages, one process a file"
    line "billproof extract" "$ours" "$pages" "$ours"
    line "tesseract --psm 4" "$theirs" "$pages" "$ours"
fi
