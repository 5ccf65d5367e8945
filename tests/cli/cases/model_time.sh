fringe model time "$MODEL" --size 128 --runs 3 --threads 1
