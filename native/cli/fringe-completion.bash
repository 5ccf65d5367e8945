# Completion of the fringe command line for bash; installed where bash-completion finds it, or sourced by hand.

_fringe() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} options=""
    COMPREPLY=()
    [ "$command" != model ] || [ "$COMP_CWORD" -lt 3 ] || command="model ${COMP_WORDS[2]}"
    case $COMP_CWORD-$command in
    1-*) mapfile -t COMPREPLY < <(compgen -W "analyze segment measure classify simulate train evaluate info model --version --help" -- "$word") && return ;;
    2-model) mapfile -t COMPREPLY < <(compgen -W "info test time install --help" -- "$word") && return ;;
    esac
    case $before in
    --normalize) mapfile -t COMPREPLY < <(compgen -W "none zscore minmax percentile" -- "$word") && return ;;
    --border) mapfile -t COMPREPLY < <(compgen -W "mark keep exclude" -- "$word") && return ;;
    --connectivity) mapfile -t COMPREPLY < <(compgen -W "8 4" -- "$word") && return ;;
    --resample) mapfile -t COMPREPLY < <(compgen -W "auto off" -- "$word") && return ;;
    --preset)
        mapfile -t COMPREPLY < <(compgen -W "list hrtem hrtem-corrected hrtem-uncorrected hrtem-faults hrtem-small
            hrtem-particles-training battery-sem nano-ct" -- "$word") && return ;;
    -o | --truth) compopt -o dirnames && return ;;
    --baseline)
        mapfile -t COMPREPLY < <(compgen -W "list otsu local-variance bandpass kmeans kmeans2d threshold" \
            -- "$word") && return ;;
    --threshold | --pixel-size | --exclude-bottom | --band | --tile | --threads | --size | --runs | --count | --seed | --classes | \
        --ignore | --repeats | --split | --min-diameter | --max-diameter | --min-pixels | --channel) return ;;
    esac
    case $command in
    analyze)
        options="--model --forest --phases --no-classify -o --probability --compress --threshold --normalize --pixel-size
            --resample --mirror --exclude-bottom --connectivity --fill-holes --split --min-diameter --max-diameter --min-pixels
            --border --channel --band --tile --threads --overwrite --recursive --files-from --json --help"
        ;;
    segment)
        options="--model -o --probability --overlay --compress --threshold --normalize --pixel-size --resample
            --mirror --exclude-bottom --band --tile --threads --overwrite --recursive --files-from --json --help"
        ;;
    measure)
        options="--image --probability --threshold --connectivity --fill-holes --split --min-diameter --max-diameter
            --min-pixels --border --pixel-size --channel -o --compress --threads --overwrite --recursive --files-from
            --json --help"
        ;;
    classify)
        options="--labels --forest --phases --split --min-diameter --max-diameter --border --pixel-size --channel -o
            --threads --overwrite --recursive --json --help"
        ;;
    simulate) options="--preset --count --seed -o --threads --overwrite --help" ;;
    train) options="-o --from --threads --overwrite --json --help" ;;
    evaluate)
        options="--truth --model --baseline --classes --ignore --csv --json --repeats --seed --threshold --normalize
            --pixel-size --resample --mirror --exclude-bottom --threads --recursive --files-from --help"
        ;;
    info) options="--json --help" ;;
    "model info") options="--size --json --help" ;;
    "model test" | "model install") options="--threads --help" ;;
    "model time") options="--size --threads --runs --help" ;;
    esac
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) compopt -o default ;;
    esac
}
complete -F _fringe fringe
