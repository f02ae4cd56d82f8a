cd /tmp/rtree; export CARGO_TARGET_DIR=/tmp/target-reporttext FIXWRIGHT_CORPUS=/work/shared
cargo fmt -p fixwright-report
cargo nextest run -p fixwright-report --no-fail-fast "$@" 2>&1 | grep -E "^error|^warning: unused|        FAIL|panicked|left:|right:|Summary" -A1 | cut -c1-500 | head -60
