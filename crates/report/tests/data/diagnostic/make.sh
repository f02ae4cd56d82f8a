#!/bin/sh
# Makes the compiler output that the tests read, from the sources in this folder. Written with
# gcc 12.2 and clang 14.0.6 of Debian 12; each gcc run is made a second time with JSON output,
# which is what the tests compare the text with.
cd "$(dirname "$0")" || exit 1
LC_ALL=C.UTF-8
export LC_ALL
gcc_pair() { # NAME COMPILER ARGS...
	name=$1
	shift
	"$@" -c -o /dev/null 2>"$name.gcc.txt"
	"$@" -c -o /dev/null -fdiagnostics-format=json 2>"$name.gcc.json"
}
gcc_pair store gcc -Wall -Wextra -O2 -fanalyzer store.c
gcc_pair broken gcc -Wall broken.c
gcc_pair typo gcc -Wall typo.c
gcc_pair werror gcc -Wall -Wextra -Werror -O2 store.c
gcc_pair shapes g++ -Wall -Wextra -Wconversion -Woverloaded-virtual shapes.cc
gcc -Wall -Wextra -O2 -fdiagnostics-color=always -fdiagnostics-urls=always -c -o /dev/null store.c 2>colour.gcc.txt
gcc -Wall -Wextra -O2 -fno-show-column -fno-diagnostics-show-caret -c -o /dev/null store.c 2>columnless.gcc.txt
gcc -Wall unlinked.c -o /dev/null 2>&1 | sed 's#/tmp/cc[A-Za-z0-9]*\.o#unlinked.o#' >unlinked.gcc.txt
clang -Wall -Wextra -c -o /dev/null store.c 2>store.clang.txt
clang -Wall -Wextra -fcolor-diagnostics -c -o /dev/null store.c 2>colour.clang.txt
clang -Wall typo.c -c -o /dev/null 2>typo.clang.txt
clang++ -Wall -Wextra -c -o /dev/null shapes.cc 2>shapes.clang.txt
clang-tidy '--checks=-*,bugprone-*,clang-analyzer-*,cert-*,readability-isolate-declaration' \
	--warnings-as-errors=cert-err33-c --export-fixes=store.tidy.yaml store.c -- -Wall 2>/dev/null |
	sed "s#$PWD/##g" >store.tidy.txt
sed -i "s#$PWD/\{0,1\}##g" store.tidy.yaml
