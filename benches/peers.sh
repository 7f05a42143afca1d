#!/usr/bin/env bash
# Runs billproof and the tools that people use instead over the same files, one after the other in the same run, and
# prints pages a second, the ratio, and (with the truth at hand) how many of the printed cells each of them gave.
#
# Usage: benches/peers.sh [--truth LINES.csv] [FILE or FOLDER ...]   (default: samples/)
#
# Digital files: billproof extract beside pdftotext -layout, one process a file.
# Scans: the whole audit (recognition, records, rules, no cache, a thread per core) beside
#   tesseract  --psm 4, one process per core, OMP_THREAD_LIMIT=1, the pages drawn by pdftoppm at 300 dpi; the drawing is not
#              counted
#   ocrmypdf   --force-ocr --deskew with its own settings, --jobs of all cores
# Neither of the two makes records of what it reads; billproof's time includes that. What is not installed is left out.
#
# LINES.csv has the columns of lines.csv; `path` is a file's path below a FOLDER given here. benches/found_cells.py says how
# cells are counted; the count is the same for all three.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
truth=
if [ "${1:-}" = --truth ]; then truth=$(realpath "$2"); shift 2; fi
[ $# -gt 0 ] || set -- "$here/../samples"

program=${BILLPROOF:-$here/../target/release/billproof}
[ -n "${BILLPROOF:-}" ] || (cd "$here/.." && cargo build --release --quiet)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cores=$(nproc)

have() { command -v "$1" > /dev/null; }
seconds() { # of the command
    local start=$EPOCHREALTIME
    "$@" > /dev/null 2>&1 || true
    local end=$EPOCHREALTIME
    awk -v a="$start" -v b="$end" 'BEGIN { print b - a }'
}
add() { awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'; }
line() { # name, seconds, pages, seconds of billproof, [folder of texts]
    awk -v n="$1" -v s="$2" -v p="$3" -v o="$4" \
        'BEGIN { printf "  %-22s %8.3f pages a second   %6.2f x the time of billproof", n, (s > 0 ? p / s : 0), (o > 0 ? s / o : 0) }'
    if [ -n "$truth" ] && [ -n "${5:-}" ]; then printf '   %s' "$(python3 "$here/found_cells.py" "$truth" "$5" "$work/in")"; fi
    echo
}

for tool in pdftotext pdfinfo pdftoppm tesseract ocrmypdf python3; do
    have "$tool" || echo "peers: $tool is not installed; what needs it is left out (apt-get install poppler-utils tesseract-ocr ocrmypdf python3)"
done
have python3 || truth=

digital=() scans=() names=()
for root in "$@"; do
    while IFS= read -r -d '' file; do
        name=${file#"$root"/}
        case "${file,,}" in
            *.pdf)
                if ! have pdftotext; then continue; fi
                # A page of a scan has no text of its own.
                if [ "$(pdftotext "$file" - 2> /dev/null | tr -d '[:space:]' | wc -c)" -gt 100 ]; then digital+=("$file"); else scans+=("$file") names+=("$name"); fi ;;
            *.png | *.jpg | *.jpeg | *.tif | *.tiff) scans+=("$file") names+=("$name") ;;
        esac
    done < <(find "$root" -type f -print0 | sort -z)
done

if [ ${#digital[@]} -gt 0 ] && have pdfinfo; then
    ours=0 theirs=0 pages=0
    for file in "${digital[@]}"; do
        pages=$((pages + $(pdfinfo "$file" 2> /dev/null | awk '/^Pages:/ { print $2 }')))
        theirs=$(add "$theirs" "$(seconds pdftotext -layout "$file" -)")
        ours=$(add "$ours" "$(seconds "$program" -q extract --format csv "$file")")
    done
    echo "digital: ${#digital[@]} files, $pages pages, one process a file"
    line "billproof extract" "$ours" "$pages" "$ours"
    line "pdftotext -layout" "$theirs" "$pages" "$ours"
fi

if [ ${#scans[@]} -gt 0 ] && have pdftoppm; then
    mkdir -p "$work/in" "$work/pages" "$work/tesseract" "$work/ocrmypdf" "$work/billproof"
    for i in "${!scans[@]}"; do
        file=${scans[$i]} name=${names[$i]}
        mkdir -p "$work/in/$(dirname "$name")" "$work/pages/$name"
        cp "$file" "$work/in/$name"
        case "${file,,}" in
            *.pdf) pdftoppm -r 300 -gray -png "$file" "$work/pages/$name/p" ;;
            *) cp "$file" "$work/pages/$name/p.${file##*.}" ;;
        esac
    done
    ours=$(seconds "$program" -q audit "$work/in" --out "$work/out" --no-cache --jobs "$cores")
    cp "$work/out/lines.csv" "$work/billproof/"
    pages=$(awk -F'"pages":' 'NF > 1 { split($2, a, /[,}]/); n += a[1] } END { print n + 0 }' <(tr '\n' ' ' < "$work/out/record.json" | sed 's/"pages": */\n"pages":/g'))
    echo "scans: ${#scans[@]} files, $pages pages, $cores cores"
    line "billproof audit" "$ours" "$pages" "$ours" "$work/billproof"
    if have tesseract; then
        export OMP_THREAD_LIMIT=1
        recognise() { out=$2/tesseract/${1#"$2/pages/"}; mkdir -p "$(dirname "$out")"; tesseract "$1" "$out" --psm 4; }
        export -f recognise
        all() { find "$work/pages" -type f -print0 | xargs -0 -P "$cores" -I{} bash -c 'recognise "$1" "$2"' _ {} "$work"; }
        line "tesseract --psm 4" "$(seconds all)" "$pages" "$ours" "$work/tesseract"
        unset OMP_THREAD_LIMIT
    fi
    if have ocrmypdf; then
        all() {
            for name in "${names[@]}"; do
                mkdir -p "$work/ocrmypdf/$name"
                ocrmypdf -q --force-ocr --deskew --image-dpi 300 --output-type pdf --jobs "$cores" \
                    --sidecar "$work/ocrmypdf/$name/p.txt" "$work/in/$name" "$work/ocrmypdf.pdf" || true
            done
        }
        line "ocrmypdf" "$(seconds all)" "$pages" "$ours" "$work/ocrmypdf"
    fi
fi
