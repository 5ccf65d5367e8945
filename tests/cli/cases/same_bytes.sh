# Threads, bands and tiles do not change a byte.
. "$EXPECT"
make() {
    folder=$1
    shift
    expect 0 fringe segment --model "$MODEL" --probability -o "$folder" "$@" "$INPUTS/odd.tif" \
        "$EXAMPLES/simulated-gold-2nm.tif"
}
make reference --threads 1
for threads in 2 7; do make threads$threads --threads $threads; done
for rows in 1 16 100000; do make band$rows --band $rows; done
for columns in 32 100; do make tile$columns --tile $columns; done
make mixed --threads 3 --band 5 --tile 64
for result in odd simulated-gold-2nm; do
    for ending in mask probability; do
        same reference/$result-$ending.tif */$result-$ending.tif
    done
done
