# Functions that the scripts of this directory share. They source this file with $RELSWEEP set.

work=$(mktemp -d "${TMPDIR:-/tmp}/under-fire.XXXXXX")
simulator_pid=""
pid=""

# Reports a violation, and where its evidence is.
broken() {
    trap - EXIT
    stop_all
    echo "BROKEN: $*" >&2
    echo "evidence: $work (seed ${seed:-none})" >&2
    # Also out of a function that was called in $(…).
    kill -TERM "$$" 2>/dev/null
    exit 1
}
stop_all() {
    if [[ -n $pid ]]; then kill -9 "$pid" 2>/dev/null || true; fi
    if [[ -n $simulator_pid ]]; then kill -9 "$simulator_pid" 2>/dev/null || true; fi
}
trap 'exit 1' TERM
trap 'stop_all; [[ -n ${KEEP:-} ]] || rm -rf "$work"' EXIT

# start_simulator DIRECTORY OPTION…: sets $address and $port.
start_simulator() {
    local directory=$1 tries
    shift
    rm -f "$directory/simulator.out"
    "$RELSWEEP" simulator "$@" >"$directory/simulator.out" 2>"$directory/simulator.err" </dev/null &
    simulator_pid=$!
    for tries in {1..600}; do
        if [[ -s $directory/simulator.out ]]; then
            address=$(head -n 1 "$directory/simulator.out")
            port=${address##*:}
            return
        fi
        kill -0 "$simulator_pid" 2>/dev/null || break
        sleep 0.05
    done
    broken "the simulator does not start: $(cat "$directory/simulator.err")"
}
stop_simulator() {
    kill "$simulator_pid" 2>/dev/null || true
    ends_within 60 "$simulator_pid" || broken "the simulator does not stop"
    { wait "$simulator_pid"; } 2>/dev/null || true
    simulator_pid=""
}

# ends_within SECONDS PID: whether that process, a child of this shell, ends in time. `wait` has no bound, and under
# `timeout` a child would have another process id than the program, which is what is to be killed.
ends_within() {
    timeout --foreground "$1" tail --pid="$2" --sleep-interval=0.02 -f /dev/null
}

# get PATH: the simulator's answer, head and body, by bash alone.
get() {
    local connection
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Zoho-oauthtoken any\r\nConnection: close\r\n\r\n' \
        "$1" "$port" >&"$connection"
    timeout 10 cat <&"$connection" 2>/dev/null || true
    exec {connection}>&-
}
fetch_ledger() {
    get '/__ledger?summary=1' | sed '1,/^\r*$/d' >"$1"
    grep -q '"version":1' "$1" || broken "no ledger comes: $(cat "$1")"
}

# number NAME FILE [N]: the N-th number of that name in a line of JSON; 0 where there is none.
number() {
    local found
    found=$(grep -oE "\"$1\":[0-9]+" "$2" | sed -n "${3:-1}s/.*://p") || true
    echo "${found:-0}"
}
# section NAME FILE: one object of the ledger, without objects inside.
section() {
    grep -oE "\"$1\":\{[^{}]*" "$2" || true
}

# Nothing that the manifest does not name was touched.
check_untouched() {
    local name value
    for name in bystanderChanges unseededRemovals lostWithRecords childrenDeleted recordsDeleted unseededDeletions \
        bystanderDeletions bystandersDeleted; do
        # The Creator section has its own recordsDeleted, behind the organisation's.
        value=$(number "$name" "$1")
        ((value == 0)) || broken "the ledger has $name = $value: something else was touched"
    done
}
