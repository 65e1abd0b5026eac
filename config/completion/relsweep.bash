# Completion of relsweep's command line for bash: source this file, or install it as
# /usr/share/bash-completion/completions/relsweep. Made by DocumentationTests.
_relsweep() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
  local command='' options='' word values=()
  case "$previous" in
    --format) values=(-W 'csv json jsonl') ;;
    --operation) values=(-W 'delink update delete-attachment delete-creator-records discover-deleted') ;;
    --pivot) values=(-W 'auto as-written') ;;
    --state) values=(-d) ;;
    --unfinished) values=(-W 'resume fail abandon') ;;
    --retry) values=(-W 'failed blocked unknown') ;;
    -o | --output) values=(-f) ;;
    --as) values=(-W 'delink update list') ;;
    --code-file) values=(-f) ;;
    --manifest) values=(-f) ;;
    --style) values=(-W 'v2 v8 v8-404 v8-deleted v8-strict') ;;
    --config) values=(-f) ;;
    --concurrency | --calls-per-minute | --timeout | --retries | --give-up | --until | --max-calls | --max-failures | --max-absent | --max-items | --module | --related-list | --column | --job | --override-halt | --port | --latency | --faults | --token | --seed) return ;;
  esac
  if ((${#values[@]})); then
    mapfile -t COMPREPLY < <(compgen "${values[@]}" -- "$current")
    return
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command" in
    '') [[ "$word" == -* ]] || command="$word" ;;
    auth) [[ "$word" == -* ]] || command+=" $word" ;;
    esac
  done
  case "$command" in
    '') options='plan run resume status discover simulator auth --help --version' ;;
    'plan') options='--concurrency --calls-per-minute --format --operation --module --related-list --column --skip-invalid --pivot --allow-delete-all --json --config --help' ;;
    'run') options='--concurrency --calls-per-minute --timeout --retries --give-up --until --max-calls --max-failures --max-absent --max-items --format --operation --module --related-list --column --skip-invalid --pivot --allow-delete-all --state --job --unfinished --again --retry --yes --simulate --latency --faults --style --seed --quiet --no-progress --json --config --help' ;;
    'resume') options='--concurrency --calls-per-minute --timeout --retries --give-up --until --max-calls --max-failures --max-absent --max-items --state --retry --override-halt --latency --faults --style --seed --quiet --no-progress --json --config --help' ;;
    'status') options='--state --json --config --help' ;;
    'discover') options='--concurrency --calls-per-minute --timeout --retries --give-up --until --max-calls --max-failures --max-items --format --operation --module --related-list --column --skip-invalid --state --job --unfinished --again --retry --output --as --force --simulate --latency --faults --style --seed --quiet --no-progress --json --config --help' ;;
    'simulator') options='--format --operation --module --related-list --column --port --manifest --latency --faults --style --token --seed --config --help' ;;
    'auth exchange') options='--output --force --print --code-file --quiet --json --config --help' ;;
    'auth check') options='--format --operation --module --related-list --column --skip-invalid --pivot --state --quiet --json --config --help' ;;
    'auth') options='exchange check' ;;
  esac
  if [[ "$current" == -* || -z "$command" || "$command" == @(auth) ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _relsweep relsweep
